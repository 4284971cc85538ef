using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What drivers may ask of a device's installation.</summary>
internal sealed partial class PnpManager
{
    private const string EnumKey = @"\Registry\Machine\System\CurrentControlSet\Enum\";

    /// <summary>Gives a property of a device in the form that its kind has.</summary>
    /// <returns>
    /// STATUS_BUFFER_TOO_SMALL with the length needed; STATUS_OBJECT_NAME_NOT_FOUND for what the device does not have;
    /// STATUS_INVALID_DEVICE_REQUEST for a device object that is no PDO.
    /// </returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoGetDeviceProperty, WDK reference")]
    internal NtStatus IoGetDeviceProperty(
        DeviceObject deviceObject, DevicePropertyId deviceProperty, uint bufferLength, VirtualAddress propertyBuffer, Out<uint> resultLength)
    {
        if (DeviceOfPdo(deviceObject.Address) is not { } device)
            return NtStatus.InvalidDeviceRequest;
        if (!Enum.IsDefined(deviceProperty))
            return NtStatus.InvalidParameter2;
        if (PropertyOf(device, deviceProperty) is not { } value)
        {
            resultLength.Set(Memory, 0u);
            return NtStatus.ObjectNameNotFound;
        }

        resultLength.Set(Memory, (uint)value.Length);
        if (bufferLength < value.Length)
            return NtStatus.BufferTooSmall;
        Memory.Write(propertyBuffer, value);
        return NtStatus.Success;
    }

    private byte[]? PropertyOf(PnpDevice device, DevicePropertyId property)
    {
        var identity = device.Identity;
        return property switch
        {
            DevicePropertyId.DeviceDescription => Stored(device, "DeviceDesc"),
            DevicePropertyId.HardwareId => Stored(device, "HardwareID"),
            DevicePropertyId.CompatibleIds => Stored(device, "CompatibleIDs"),
            DevicePropertyId.ClassName => Sz(identity.ClassName),
            DevicePropertyId.ClassGuid => Stored(device, "ClassGUID"),
            DevicePropertyId.DriverKeyName => Stored(device, "Driver"),
            DevicePropertyId.Manufacturer => Stored(device, "Mfg"),
            DevicePropertyId.FriendlyName => Stored(device, "FriendlyName"),
            DevicePropertyId.LocationInformation => Stored(device, "LocationInformation"),
            DevicePropertyId.PhysicalDeviceObjectName => _kernel.Ob.NameOf(device.Pdo.Address) is { } name ? Sz(name) : null,
            DevicePropertyId.BusTypeGuid => LabBus.BusTypeInternal.ToByteArray(),

            // INTERFACE_TYPE: Internal is 0; the bus of the lab is the only one and has number 0.
            DevicePropertyId.LegacyBusType or DevicePropertyId.BusNumber => BitConverter.GetBytes(0u),
            DevicePropertyId.EnumeratorName => Sz(identity.InstancePath.Split('\\')[0]),
            DevicePropertyId.Address => BitConverter.GetBytes(0u),

            // DEVICE_INSTALL_STATE: InstallStateInstalled is 0. DEVICE_REMOVAL_POLICY: RemovalPolicyExpectSurpriseRemoval is 3.
            DevicePropertyId.InstallState => BitConverter.GetBytes(0u),
            DevicePropertyId.RemovalPolicy => BitConverter.GetBytes(3u),
            DevicePropertyId.AllocatedResources => device.ResourceBytes,
            DevicePropertyId.ResourceRequirements => RequirementsOf(device),
            DevicePropertyId.BootConfiguration or DevicePropertyId.BootConfigurationTranslated
                or DevicePropertyId.UINumber or DevicePropertyId.ContainerId => null,
            _ => throw new InvariantException($"Property {property} has no answer."),
        };
    }

    private byte[]? RequirementsOf(PnpDevice device)
    {
        var list = new DeviceNode(Memory, device.Node).ResourceRequirements;
        if (list.IsNull)
            return null;
        var bytes = new byte[new IoResourceRequirementsList(Memory, list).ListSize];
        Memory.Read(list, bytes);
        return bytes;
    }

    private byte[]? Stored(PnpDevice device, string valueName) =>
        _kernel.Cm.FindKey(EnumKey + device.Identity.InstancePath)?.FindValue(valueName)?.Data;

    private static byte[] Sz(string text) => WideText.Bytes(text + "\0");
}
