using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The registry keys of devices and interfaces.</summary>
internal sealed partial class PnpManager
{
    /// <summary>PLUGPLAY_REGKEY_* (wdm.h).</summary>
    private const uint DeviceKey = 1;
    private const uint DriverKey = 2;
    private const uint CurrentHardwareProfile = 4;
    private const string HardwareProfileKey = @"\Registry\Machine\System\CurrentControlSet\Hardware Profiles\Current";
    private const string ControlSetKey = @"\Registry\Machine\System\CurrentControlSet";

    /// <summary>Opens the hardware key (<c>Device Parameters</c>) or the software key of a device; the handle is the caller's to close.</summary>
    /// <returns>STATUS_INVALID_DEVICE_REQUEST for a device object that is no PDO.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoOpenDeviceRegistryKey, WDK reference")]
    internal NtStatus IoOpenDeviceRegistryKey(DeviceObject deviceObject, uint devInstKeyType, uint desiredAccess, Out<HandleValue> devInstRegKey)
    {
        devInstRegKey.Clear(Memory);
        if (DeviceOfPdo(deviceObject.Address) is not { } device)
            return NtStatus.InvalidDeviceRequest;
        string path;
        switch (devInstKeyType & ~CurrentHardwareProfile)
        {
            case DeviceKey:
                path = EnumKey + device.Identity.InstancePath + @"\Device Parameters";
                break;
            case DriverKey:
                path = ClassKey + SoftwareKeyOf(device);
                break;
            default:
                return NtStatus.InvalidParameter;
        }

        if ((devInstKeyType & CurrentHardwareProfile) != 0)
            path = HardwareProfileKey + path[ControlSetKey.Length..];
        devInstRegKey.Set(Memory, _kernel.Cm.OpenKey(_kernel.Cm.CreateKey(path), desiredAccess, kernelHandle: true));
        return NtStatus.Success;
    }

    /// <summary>Opens the key in which a driver keeps what belongs to an interface.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoOpenDeviceInterfaceRegistryKey, WDK reference")]
    internal NtStatus IoOpenDeviceInterfaceRegistryKey(UnicodeString symbolicLinkName, uint desiredAccess, Out<HandleValue> deviceInterfaceRegKey)
    {
        deviceInterfaceRegKey.Clear(Memory);
        if (FindInterface(symbolicLinkName.ToText()) is not { } known)
            return NtStatus.ObjectNameNotFound;
        var key = _kernel.Cm.CreateKey(InterfaceKey(known) + @"\#" + known.Reference + @"\Device Parameters");
        deviceInterfaceRegKey.Set(Memory, _kernel.Cm.OpenKey(key, desiredAccess, kernelHandle: true));
        return NtStatus.Success;
    }

    /// <summary>Setup class and number, as the device's <c>Driver</c> value has it.</summary>
    private string SoftwareKeyOf(PnpDevice device) =>
        _kernel.Cm.FindKey(EnumKey + device.Identity.InstancePath)?.FindValue("Driver")?.Text
        ?? throw new InvariantException($"The device {device.Identity.InstancePath} has no software key.");
}
