/** Folder that the imports of the `.proto` files begin at; beside `src` and `dist` alike. */
export const PROTO_FOLDER = `${__dirname}/../proto`;

/** Services that other teams may call over gRPC, relative to the folder. */
export const PROTO_FILES: readonly string[] = ['sluice/v1/query.proto', 'sluice/v1/exports.proto'];
