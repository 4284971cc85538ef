using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>A kernel routine raises a structured exception in its caller, such as ProbeForRead on a bad buffer.</summary>
/// <param name="code">The exception code.</param>
/// <param name="parameters">ExceptionInformation.</param>
public sealed class GuestRaisedException(NtStatus code, params ulong[] parameters) : Exception($"Structured exception {code}")
{
    public NtStatus Code { get; } = code;

    public IReadOnlyList<ulong> Parameters { get; } = parameters;

    /// <summary>EXCEPTION_RECORD.ExceptionFlags; what a routine raises on purpose cannot be continued.</summary>
    public uint Flags { get; init; } = StructuredException.NonContinuable;
}
