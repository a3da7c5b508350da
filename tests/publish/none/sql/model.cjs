exports.Model = class {};
