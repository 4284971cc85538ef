using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Registration of devices as providers, and their events.</summary>
/// <remarks>U-6.28. Nobody in the lab asks for management data: only the registration's own request is sent, and no event has a consumer.</remarks>
internal sealed partial class WmiManager
{
    private const byte RegistrationInformationEx = 11;

    private readonly List<VirtualAddress> _providers = [];

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.28 R-31",
        Missing = "a provider that is a callback instead of a device")]
    internal async GuestTask<NtStatus> IoWMIRegistrationControl(VirtualAddress deviceObject, uint action)
    {
        const uint register = 1, deregister = 2, reregister = 3, updateGuids = 4, blockIrps = 5, traceProvider = 0x1_0000;
        if ((action & ~(traceProvider | 0xFu)) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "IoWMIRegistrationControl with a callback instead of a device");
        switch (action & 0xF)
        {
            case register when _providers.Contains(deviceObject):
                throw MachineStopException.Unsupported(UnsupportedKind.Case, "IoWMIRegistrationControl that registers a device twice");
            case register:
                _providers.Add(deviceObject);
                Record(deviceObject, begin: true);
                QueueInformation(deviceObject, RegisterPath);
                return NtStatus.Success;
            case deregister:
                if (!_providers.Remove(deviceObject))
                    return NtStatus.InvalidParameter;
                Record(deviceObject, begin: false);
                if (_inFlight.TryGetValue(deviceObject, out var answered))
                    await _kernel.Ke.WaitFor(WaitSubject.Request, deviceObject, answered);
                return NtStatus.Success;
            case reregister or updateGuids or blockIrps:
                if (!_providers.Contains(deviceObject))
                    return NtStatus.InvalidParameter;
                if ((action & 0xF) != blockIrps)
                    QueueInformation(deviceObject, (action & 0xF) == reregister ? RegisterPath : UpdatePath);
                return NtStatus.Success;
            default:
                return NtStatus.InvalidParameter;
        }
    }

    /// <summary>Takes the event over and frees it, as delivery to nobody is done at once.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoWMIWriteEvent, WDK reference", Missing = "events for a trace logger")]
    internal NtStatus IoWMIWriteEvent(VirtualAddress wnodeEventItem)
    {
        // WNODE_HEADER: Flags 2C.
        const uint tracedGuid = 0x8_0000;
        if ((Memory.ReadUInt32(wnodeEventItem + 0x2C) & tracedGuid) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "IoWMIWriteEvent for a trace logger");
        _kernel.Ex.ExFreePool(wnodeEventItem);
        return NtStatus.Success;
    }

    /// <summary>Providers are numbered in the order of their registration, from 1; zero for a device that is none.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoWMIDeviceObjectToProviderId, WDK reference")]
    internal uint IoWMIDeviceObjectToProviderId(VirtualAddress deviceObject) => (uint)(_providers.IndexOf(deviceObject) + 1);

    /// <summary>Says whether a request is for this provider, and answers that for its registration; the lab sends no other.</summary>
    /// <returns>The disposition: whether the request is done, or the driver is to pass it on.</returns>
    [KernelExport("wmilib.sys", MaxIrql = Irql.Passive, Doc = "WmiSystemControl, WDK reference", Missing = "requests for the provider's data")]
    internal async GuestTask<NtStatus> WmiSystemControl(VirtualAddress wmiLibInfo, DeviceObject deviceObject, Irp irp, Out<uint> irpDisposition)
    {
        const uint processed = 0, notWmi = 2, forward = 3;
        const byte executeMethod = 9;
        var location = irp.CurrentStackLocation ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);
        if (location.MinorFunction is > executeMethod and not RegistrationInformationEx)
        {
            irpDisposition.Set(Memory, notWmi);
            return NtStatus.Success;
        }

        // Parameters.WMI.ProviderId is the first of the parameters.
        if (location.Argument1 == deviceObject.Address.Value && location.MinorFunction == RegistrationInformationEx)
        {
            irpDisposition.Set(Memory, processed);
            return await AnswerInformation(wmiLibInfo, deviceObject, irp, location);
        }

        if (location.Argument1 == deviceObject.Address.Value)
            throw MachineStopException.Unsupported(UnsupportedKind.Irp, $"a WMI request with minor code {location.MinorFunction} for the provider itself");
        irpDisposition.Set(Memory, forward);
        return NtStatus.Success;
    }

    /// <summary>Takes the event's data over and frees it.</summary>
    [KernelExport("wmilib.sys", MaxIrql = Irql.Dispatch, Doc = "WmiFireEvent, WDK reference")]
    internal NtStatus WmiFireEvent(
        DeviceObject deviceObject, VirtualAddress guid, uint instanceIndex, uint eventDataSize, VirtualAddress eventData)
    {
        if (!eventData.IsNull)
            _kernel.Ex.ExFreePool(eventData);
        return NtStatus.Success;
    }

    /// <summary>No logger runs, so no handle names one.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "WmiTraceMessage, WDK reference")]
    internal NtStatus WmiTraceMessage(ulong loggerHandle, uint messageFlags, VirtualAddress messageGuid, ushort messageNumber) => NtStatus.InvalidHandle;

    [KernelExport("ntoskrnl.exe", Doc = "WmiTraceMessageVa, WDK reference")]
    internal NtStatus WmiTraceMessageVa(
        ulong loggerHandle, uint messageFlags, VirtualAddress messageGuid, ushort messageNumber, VirtualAddress messageArgList) => NtStatus.InvalidHandle;

    private void Record(VirtualAddress device, bool begin) =>
        _kernel.Record(new RegistrationRecord(RegistrationKind.Wmi, begin, device, VirtualAddress.Null, device));
}
