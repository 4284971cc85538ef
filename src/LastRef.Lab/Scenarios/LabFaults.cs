namespace LastRef.Lab;

/// <summary>What the lab makes fail in a scenario.</summary>
[Flags]
internal enum LabFaults
{
    None = 0,

    /// <summary>Names that DriverEntry wants are taken.</summary>
    NamesTaken = 1,

    /// <summary>IoAttachDeviceToDeviceStack returns null.</summary>
    AttachFails = 2,

    /// <summary>The bus fails START.</summary>
    StartFails = 4,
}
