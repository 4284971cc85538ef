using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Properties by DEVPROPKEY (devpkey.h): those that drivers set, and those that every device has.</summary>
internal sealed partial class PnpManager
{
    private const uint StringType = 0x12;
    private const uint StringListType = 0x2012;
    private const uint EmptyType = 0;

    /// <summary>Format of DEVPKEY_Device_DeviceDesc and its neighbours.</summary>
    private static readonly Guid _deviceProperties = new("a45c254e-df1c-4efd-8020-67d146a850e0");

    private readonly Dictionary<(string InstancePath, Guid Format, uint Number), (uint Type, byte[] Data)> _propertyData = [];

    /// <returns>STATUS_BUFFER_TOO_SMALL with the size needed; STATUS_OBJECT_NAME_NOT_FOUND for a property that the device does not have.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "IoGetDevicePropertyData, WDK reference", Missing = "translation by locale")]
    internal NtStatus IoGetDevicePropertyData(
        DeviceObject pdo, VirtualAddress propertyKey, uint lcid, uint flags, uint size, VirtualAddress data, Out<uint> requiredSize, Out<uint> type)
    {
        if (DeviceOfPdo(pdo.Address) is not { } device)
            return NtStatus.InvalidDeviceRequest;
        if (FindPropertyData(device, ReadGuid(propertyKey), Memory.ReadUInt32(propertyKey + 16)) is not var (kind, value))
            return NtStatus.ObjectNameNotFound;
        requiredSize.Set(Memory, (uint)value.Length);
        type.Set(Memory, kind);
        if (size < value.Length)
            return NtStatus.BufferTooSmall;
        Memory.Write(data, value);
        return NtStatus.Success;
    }

    /// <summary>Sets a property, or deletes it when its type is DEVPROP_TYPE_EMPTY or it has no data.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoSetDevicePropertyData, WDK reference", Missing = "translation by locale")]
    internal NtStatus IoSetDevicePropertyData(
        DeviceObject pdo, VirtualAddress propertyKey, uint lcid, uint flags, uint type, uint size, VirtualAddress data)
    {
        if (DeviceOfPdo(pdo.Address) is not { } device)
            return NtStatus.InvalidDeviceRequest;
        var key = (device.Identity.InstancePath, ReadGuid(propertyKey), Memory.ReadUInt32(propertyKey + 16));
        if (type == EmptyType || data.IsNull)
            return _propertyData.Remove(key) ? NtStatus.Success : NtStatus.ObjectNameNotFound;
        var value = new byte[size];
        Memory.Read(data, value);
        _propertyData[key] = (type, value);
        return NtStatus.Success;
    }

    private (uint Type, byte[] Data)? FindPropertyData(PnpDevice device, Guid format, uint number)
    {
        if (_propertyData.TryGetValue((device.Identity.InstancePath, format, number), out var set))
            return set;
        if (format != _deviceProperties)
            return null;

        // DEVPKEY_Device_*: the number is that of the SPDRP property plus two.
        var (type, value) = number switch
        {
            2 => (StringType, Stored(device, "DeviceDesc")),
            3 => (StringListType, Stored(device, "HardwareID")),
            4 => (StringListType, Stored(device, "CompatibleIDs")),
            6 => (StringType, Stored(device, "Service")),
            9 => (StringType, PropertyOf(device, DevicePropertyId.ClassName)),
            11 => (StringType, Stored(device, "Driver")),
            13 => (StringType, Stored(device, "Mfg")),
            14 => (StringType, Stored(device, "FriendlyName")),
            15 => (StringType, Stored(device, "LocationInformation")),
            16 => (StringType, PropertyOf(device, DevicePropertyId.PhysicalDeviceObjectName)),
            24 => (StringType, PropertyOf(device, DevicePropertyId.EnumeratorName)),
            _ => (EmptyType, null),
        };
        return value is null ? null : (type, value);
    }
}
