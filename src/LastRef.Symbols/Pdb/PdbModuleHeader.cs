namespace LastRef.Symbols;

/// <summary>One object file of the link.</summary>
/// <param name="Stream">Stream with its symbols and lines; -1 when it has none.</param>
/// <param name="SymbolBytes">Bytes of symbol records at the start of the stream.</param>
/// <param name="C11Bytes">Bytes of line information in the old form behind them.</param>
/// <param name="C13Bytes">Bytes of line information in the present form behind those.</param>
internal sealed record PdbModuleHeader(int Stream, uint SymbolBytes, uint C11Bytes, uint C13Bytes);
