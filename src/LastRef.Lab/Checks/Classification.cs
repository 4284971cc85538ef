namespace LastRef.Lab;

/// <summary>The kind of a driver, from what it did (U-4.1), never from its name.</summary>
internal static class Classification
{
    public static DriverKind KindOf(Subject subject)
    {
        var traits = subject.Traits;
        if ((traits & DriverTraits.HasAddDevice) == 0)
        {
            return (traits & DriverTraits.ExportDriver) != 0 ? DriverKind.ExportDriver
                : (traits & (DriverTraits.CreatesDeviceInEntry | DriverTraits.HasUnload | DriverTraits.ControlDevice)) != 0 ? DriverKind.Legacy
                : DriverKind.Unknown;
        }

        if ((traits & DriverTraits.ControlDevice) != 0)
            return DriverKind.Hybrid;
        if ((traits & DriverTraits.Bus) != 0)
            return DriverKind.Bus;
        return (traits & DriverTraits.Filter) != 0 ? DriverKind.Filter : DriverKind.Pnp;
    }
}
