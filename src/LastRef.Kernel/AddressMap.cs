namespace LastRef.Kernel;

/// <summary>Where the lab puts things in the kernel half; every region is far from the next, so that a stray pointer faults.</summary>
/// <remarks>The addresses are ours; Windows 10 randomises its own (Fact: "Virtual address spaces", WDK concept page).</remarks>
internal static class AddressMap
{
    /// <summary>KUSER_SHARED_DATA (Fact: driver-binaries, "Security cookie": the tick count is read at +320h).</summary>
    public static readonly VirtualAddress SharedUserData = new(0xFFFF_F780_0000_0000);

    /// <summary>The processor control region of the only processor.</summary>
    public static readonly VirtualAddress ProcessorControlRegion = new(0xFFFF_F800_0100_0000);

    /// <summary>Code that returns from driver routines into the kernel; one thunk slot of 16 bytes.</summary>
    public static readonly VirtualAddress KernelImage = new(0xFFFF_F800_1000_0000);

    public static readonly VirtualAddress HalImage = new(0xFFFF_F800_1800_0000);

    /// <summary>The one run of thunk slots; the export tables of all kernel images point into it.</summary>
    public static readonly VirtualAddress Thunks = KernelImage + 0x1000;

    /// <summary>Data imports that nobody implements point here: unmapped, so that the first use names them.</summary>
    public static readonly VirtualAddress MissingData = new(0xFFFF_F800_3000_0000);

    /// <summary>Where the modules of Windows lie that the lab has by name only: unmapped, so that the first use names them.</summary>
    public static readonly VirtualAddress WindowsImages = new(0xFFFF_F800_2000_0000);

    public static readonly VirtualAddress DriverImages = new(0xFFFF_F800_4000_0000);

    public static readonly VirtualAddress NonPagedPool = new(0xFFFF_8A00_0000_0000);

    public static readonly VirtualAddress PagedPool = new(0xFFFF_9C00_0000_0000);

    public static readonly VirtualAddress KernelStacks = new(0xFFFF_D000_0000_0000);

    /// <summary>System mappings of locked pages and device memory.</summary>
    public static readonly VirtualAddress SystemMappings = new(0xFFFF_C000_0000_0000);

    /// <summary>User space of the first process; each process has its own terabyte, so that no two share an address.</summary>
    public static readonly VirtualAddress UserSpace = new(0x0000_0100_0000_0000);

    public const ulong UserSpaceBytes = 0x0000_0100_0000_0000;

    /// <summary>Where a dump of the machine has its page tables; every process has the same ones (CR3).</summary>
    public static readonly PhysicalAddress DirectoryTableBase = new(0x001A_D000);

    /// <summary>Physical page number of the first guest frame: RAM begins at 16 MiB, so that no legacy device address is RAM.</summary>
    public const ulong FirstFrame = 0x1000;
}
