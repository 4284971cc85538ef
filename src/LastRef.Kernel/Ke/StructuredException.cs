using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>An exception as EXCEPTION_RECORD describes it.</summary>
/// <remarks>Fact: winnt.h: ExceptionCode 0, ExceptionFlags 4, ExceptionRecord 8, ExceptionAddress 10h, NumberParameters 18h, ExceptionInformation 20h; 98h bytes.</remarks>
/// <param name="Flags">EXCEPTION_NONCONTINUABLE 1 and the unwind flags.</param>
internal sealed record StructuredException(NtStatus Code, uint Flags, VirtualAddress Address, IReadOnlyList<ulong> Parameters)
{
    public const int Size = 0x98;
    public const int FlagsOffset = 4;
    public const uint NonContinuable = 1;
    public const uint Unwinding = 2;
    public const uint ExitUnwind = 4;
    public const uint TargetUnwind = 0x20;
    private const int ParameterLimit = 15;

    public void Write(MutableTarget memory, VirtualAddress address)
    {
        memory.Clear(address, Size);
        memory.WriteUInt32(address, Code.Code);
        memory.WriteUInt32(address + FlagsOffset, Flags);
        memory.WritePointer(address + 0x10, Address);
        memory.WriteUInt32(address + 0x18, (uint)Parameters.Count);
        for (var i = 0; i < Parameters.Count; i++)
            memory.WriteUInt64(address + 0x20 + (8 * i), Parameters[i]);
    }

    public static StructuredException Read(Target memory, VirtualAddress address)
    {
        var count = (int)Math.Min(memory.ReadUInt32(address + 0x18), ParameterLimit);
        var parameters = new ulong[count];
        for (var i = 0; i < count; i++)
            parameters[i] = memory.ReadUInt64(address + 0x20 + (8 * i));
        return new StructuredException(
            NtStatus.FromCode(memory.ReadUInt32(address)), memory.ReadUInt32(address + FlagsOffset), memory.ReadPointer(address + 0x10), parameters);
    }
}
