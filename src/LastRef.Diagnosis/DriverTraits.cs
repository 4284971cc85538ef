namespace LastRef;

/// <summary>What a driver was seen to do (U-4.1); a later scenario may add traits, not remove them.</summary>
[Flags]
public enum DriverTraits
{
    None = 0,

    /// <summary>It has a DriverUnload routine.</summary>
    HasUnload = 1,

    /// <summary>It has an AddDevice routine.</summary>
    HasAddDevice = 2,

    /// <summary>DriverEntry made a device.</summary>
    CreatesDeviceInEntry = 4,

    /// <summary>AddDevice made a device and attached it to the stack.</summary>
    AttachesInAddDevice = 8,

    /// <summary>It has a device that is in no PnP stack (U-4.2).</summary>
    ControlDevice = 0x10,

    /// <summary>It works as a filter: passes unknown requests down.</summary>
    Filter = 0x20,

    /// <summary>It reported children.</summary>
    Bus = 0x40,

    /// <summary>It was loaded because another image imports it.</summary>
    ExportDriver = 0x80,

    /// <summary>It answers opens.</summary>
    Opens = 0x100,

    /// <summary>It registered a file system.</summary>
    FileSystem = 0x200,

    /// <summary>It binds to a framework or class library that the lab does not have.</summary>
    Framework = 0x400,
}
