namespace LastRef.Benchmarks;

/// <summary>A flat binary of Programs/ and where it lives in the guest.</summary>
internal sealed class GuestProgram
{
    public const ulong Code = 0x140000000, Imports = 0x150000000, Thunks = 0x160000000, Data = 0x170000000, Stack = 0x180000000, Gs = 0x190000000, Exit = 0x1A0000000;
    public const int CodeBytes = 0x40000, DataBytes = 0x200000, StackBytes = 0x10000;
    public const int ThunkCount = 8;

    private GuestProgram(string name, byte[] bytes)
    {
        Name = name;
        Bytes = bytes;
    }

    public string Name { get; }

    public byte[] Bytes { get; }

    public static GuestProgram Load(string name)
    {
        using Stream stream = typeof(GuestProgram).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"no program {name}");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return new GuestProgram(name, memory.ToArray());
    }
}
