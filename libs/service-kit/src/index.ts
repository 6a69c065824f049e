export { type RunningApp } from './running-app.js';
