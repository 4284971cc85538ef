namespace LastRef.Symbols;

/// <summary>Processor that an image was built for. Source: PE format, "Machine Types".</summary>
public enum ImageMachine : ushort
{
    Unknown = 0,
    I386 = 0x014C,
    Arm = 0x01C0,
    ArmThumb2 = 0x01C4,
    Ia64 = 0x0200,
    Ebc = 0x0EBC,
    RiscV64 = 0x5064,
    LoongArch64 = 0x6264,
    Amd64 = 0x8664,
    Arm64EC = 0xA641,
    Arm64X = 0xA64E,
    Arm64 = 0xAA64,
}
