namespace LastRef.Symbols;

/// <summary>One decoded unwind code.</summary>
/// <param name="CodeOffset">Offset in the prologue behind the instruction; for <see cref="UnwindOperation.Epilog"/> the low byte of the record.</param>
/// <param name="Operation">What the instruction did.</param>
/// <param name="Info">Register number, or the four bits that go with the operation.</param>
/// <param name="Operand">Bytes allocated, or offset of the saved register from the frame base; already scaled. 0 when the operation has none.</param>
public readonly record struct UnwindCode(byte CodeOffset, UnwindOperation Operation, byte Info, uint Operand);
