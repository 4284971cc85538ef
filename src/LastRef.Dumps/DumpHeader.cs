using System.Buffers.Binary;
using System.Text;

namespace LastRef.Dumps;

/// <summary>DUMP_HEADER64, the first 0x2000 bytes of a kernel dump.</summary>
/// <remarks>Spec: dump-format 1.2. A field that the writer left at the fill value <c>PAGE</c> reads as 0 or null here.</remarks>
public sealed class DumpHeader
{
    public const int Bytes = 0x2000;
    internal const uint Fill = 0x4547_4150;
    internal const ulong LongFill = 0x4547_4150_4547_4150;

    private readonly byte[] _bytes;

    internal DumpHeader(byte[] bytes) => _bytes = bytes;

    /// <summary>15 for a free build, 12 for a checked one.</summary>
    public uint MajorVersion => U32(8);

    /// <summary>The build number of the kernel: 19041, 22000 and so on.</summary>
    public int Build => (int)(U32(0xC) & 0xFFFF);

    /// <summary>CR3 of the processor that wrote the dump; the low 12 bits may hold a PCID.</summary>
    public ulong DirectoryTableBase => U64(0x10);

    public VirtualAddress PfnDataBase => new(U64(0x18));

    /// <summary>Head of the list of loaded images.</summary>
    public VirtualAddress PsLoadedModuleList => new(U64(0x20));

    /// <summary>Head of the list of processes.</summary>
    public VirtualAddress PsActiveProcessHead => new(U64(0x28));

    public uint MachineImageType => U32(0x30);

    public uint NumberProcessors => U32(0x34);

    /// <summary>The bug check, without the bit that marks triage dumps.</summary>
    public uint BugCheckCode => U32(0x38) & 0x0FFF_FFFF;

    public ulong BugCheckParameter(int index) => U64(0x40 + (8 * index));

    public string VersionUser => Text(0x60, 32);

    public VirtualAddress KdDebuggerDataBlock => new(U64(0x80));

    /// <summary>The x64 CONTEXT of the processor that wrote the dump.</summary>
    public ReadOnlyMemory<byte> ContextRecord => _bytes.AsMemory(0x348, 0x4D0);

    /// <summary>EXCEPTION_RECORD64.</summary>
    public ReadOnlyMemory<byte> ExceptionRecord => _bytes.AsMemory(0xF00, 0x98);

    public uint DumpType => U32(0xF98);

    public ulong RequiredDumpSpace => U64(0xFA0);

    /// <summary>When the dump was taken; null when the header does not say.</summary>
    public DateTime? SystemTime =>
        U64(0xFA8) is > 0 and < 0x7FFF_0000_0000_0000 and var ticks && ticks < (ulong)DateTime.MaxValue.ToFileTimeUtc() ? DateTime.FromFileTimeUtc((long)ticks) : null;

    public string Comment => Text(0xFB0, 128);

    /// <summary>Time since the machine was started; null when the header does not say.</summary>
    public TimeSpan? SystemUpTime => U64(0x1030) is > 0 and < long.MaxValue and var ticks ? TimeSpan.FromTicks((long)ticks) : null;

    public uint Attributes => U32(0x1050);

    /// <summary>True when everything behind the header is encrypted; a tool that decrypts a dump clears the mark.</summary>
    /// <remarks>Fact: DUMP_FILE_ATTRIBUTES, EncryptedDumpData and DecryptedDump, as published headers of dump readers have them.</remarks>
    public bool IsEncrypted => (Attributes & 0x100) != 0 && (Attributes & 0x200) == 0;

    /// <summary>True for dumps of a machine that went on running: their state may be mid-change.</summary>
    /// <remarks>Codes of live dumps: LIVE_SYSTEM_DUMP and those of the WDK's bug check reference that say LIVE_DUMP in their names.</remarks>
    public bool IsLive => BugCheckCode is 0x161 or 0x15E or 0x193 or 0x1A8 or 0x1C8;

    /// <summary>All bytes of the header.</summary>
    public ReadOnlyMemory<byte> Raw => _bytes;

    internal uint U32(int offset)
    {
        var value = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));
        return value == Fill ? 0 : value;
    }

    internal ulong U64(int offset)
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));
        return value == LongFill ? 0 : value;
    }

    private string Text(int offset, int count)
    {
        var bytes = _bytes.AsSpan(offset, count);
        if (bytes.StartsWith("PAGE"u8))
            return "";
        var end = bytes.IndexOf((byte)0);
        var text = Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]);
        return string.Concat(text.Where(c => !char.IsControl(c)));
    }
}
