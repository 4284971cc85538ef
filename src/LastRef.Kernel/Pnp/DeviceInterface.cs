namespace LastRef.Kernel;

/// <summary>A device interface that a driver registered: a class, a device and a name for it (U-6.40).</summary>
/// <param name="InstancePath">The device's; the interface outlives the device as its registry keys do.</param>
/// <param name="Reference">What follows the name and tells interfaces of one class on one device apart; empty for none.</param>
internal sealed record DeviceInterface(Guid Class, string InstancePath, string Reference)
{
    /// <summary>Name of the link in the object namespace, without the reference string.</summary>
    public string LinkName => @"\??\" + InstancePath.Replace('\\', '#') + "#" + Class.ToString("B");

    /// <summary>What applications open and drivers get as symbolic link name.</summary>
    public string Name => Reference.Length == 0 ? LinkName : LinkName + "\\" + Reference;

    public bool IsEnabled { get; set; }

    /// <summary>The symbolic link object while the interface is enabled; interfaces that differ in the reference string share it.</summary>
    public VirtualAddress Link { get; set; }
}
