using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>DMA adapters: the table of operations that a driver gets, the channel, common buffers, the map of a transfer.</summary>
/// <remarks>
/// Doc: "Introduction to DMA", WDK; DMA_ADAPTER, DMA_OPERATIONS, wdm.h. All of the lab's RAM lies below 4 GiB and is reached by every
/// device, so logical addresses are physical ones and no data is copied through map registers.
/// </remarks>
internal sealed partial class HardwareLayer
{
    /// <summary>DMA_ADAPTER: Version 0, Size 2, DmaOperations 8; behind it the word that stands for map registers.</summary>
    private const int AdapterBytes = 0x20;

    /// <summary>DMA_OPERATIONS of version 2.</summary>
    private const int OperationsBytes = 0x80;

    private readonly Dictionary<VirtualAddress, DmaAdapter> _adapters = [];
    private readonly Dictionary<VirtualAddress, ulong> _commonBuffers = [];
    private VirtualAddress _operations;

    /// <summary>Adapters that were not given back.</summary>
    public IReadOnlyCollection<VirtualAddress> Adapters => _adapters.Keys;

    /// <param name="deviceDescription">DEVICE_DESCRIPTION: Version 0, MaximumLength 20.</param>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoGetDmaAdapter, WDK reference", Missing = "version 3 of the device description, and its operations")]
    internal VirtualAddress IoGetDmaAdapter(DeviceObject? physicalDeviceObject, VirtualAddress deviceDescription, Out<uint> numberOfMapRegisters)
    {
        const uint lastVersion = 2;
        if (Memory.ReadUInt32(deviceDescription) > lastVersion)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"IoGetDmaAdapter with a device description of version {Memory.ReadUInt32(deviceDescription)}");
        var registers = (Memory.ReadUInt32(deviceDescription + 0x20) >> 12) + 1;
        var address = _kernel.Ex.NonPagedPool.Allocate(AdapterBytes, PoolTags.Of("HDma"), null);
        Memory.Clear(address, AdapterBytes);
        Memory.WriteUInt16(address, 1);
        Memory.WriteUInt16(address + 2, AdapterBytes);
        Memory.WritePointer(address + 8, Operations());
        _adapters.Add(address, new DmaAdapter(address, registers));
        _kernel.Record(new RegistrationRecord(RegistrationKind.DmaAdapter, true, address, VirtualAddress.Null, physicalDeviceObject?.Address ?? VirtualAddress.Null));
        numberOfMapRegisters.Set(Memory, registers);
        return address;
    }

    /// <summary>The form of before Windows 2000; its adapter is never given back (Doc: obsolete HAL routines).</summary>
    [KernelExport("hal.dll", MaxIrql = Irql.Passive, Doc = "HalGetAdapter, ReactOS kernel interface; IoGetDmaAdapter, WDK reference")]
    internal VirtualAddress HalGetAdapter(VirtualAddress deviceDescription, Out<uint> numberOfMapRegisters) =>
        IoGetDmaAdapter(null, deviceDescription, numberOfMapRegisters);

    /// <summary>The vector of a device interrupt on the lab's bus, with the IRQL that is its upper half and the only processor.</summary>
    [KernelExport("hal.dll", Doc = "HalGetInterruptVector, WDK reference")]
    internal uint HalGetInterruptVector(
        int interfaceType, uint busNumber, uint busInterruptLevel, uint busInterruptVector, Out<byte> irql, Out<ulong> affinity)
    {
        var vector = PnpManager.FirstDeviceVector + busInterruptLevel;
        irql.Set(Memory, (byte)(vector >> 4));
        affinity.Set(Memory, 1);
        return vector;
    }

    private VirtualAddress Operations()
    {
        if (!_operations.IsNull)
            return _operations;
        _operations = _kernel.Ex.NonPagedPool.Allocate(OperationsBytes, PoolTags.Of("HDma"), null);
        Memory.Clear(_operations, OperationsBytes);
        Memory.WriteUInt32(_operations, OperationsBytes);

        // In the order of DMA_OPERATIONS, from 8 on.
        Func<ulong[], GuestTask<ulong>>[] routines =
        [
            PutDmaAdapter, AllocateCommonBuffer, FreeCommonBuffer, AllocateAdapterChannel, _ => Result(1), FreeAdapterChannel, _ => Result(0), MapTransfer,
            _ => Result(1), _ => Result(0), GetScatterGatherList, PutScatterGatherList, CalculateScatterGatherList, BuildScatterGatherList,
            _ => throw MachineStopException.Unsupported(UnsupportedKind.Case, "BuildMdlFromScatterGatherList"),
        ];
        const int mostArguments = 10;
        for (var i = 0; i < routines.Length; i++)
            Memory.WritePointer(_operations + 8 + (8 * i), _kernel.Internal.Define(routines[i], mostArguments));
        return _operations;
    }

    private static GuestTask<ulong> Result(ulong value) => GuestTask.FromResult(value);

    private DmaAdapter AdapterOf(ulong address) =>
        _adapters.GetValueOrDefault(new VirtualAddress(address))
        ?? throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a DMA routine that is given {address:x}, which is no adapter");

    private GuestTask<ulong> PutDmaAdapter(ulong[] arguments)
    {
        var adapter = AdapterOf(arguments[0]);
        _adapters.Remove(adapter.Address);
        _kernel.Record(new RegistrationRecord(RegistrationKind.DmaAdapter, false, adapter.Address, VirtualAddress.Null, VirtualAddress.Null));
        _kernel.Ex.NonPagedPool.Free(adapter.Address);
        return Result(0);
    }

    /// <summary>AllocateCommonBuffer(adapter, length, logicalAddress, cacheEnabled).</summary>
    private GuestTask<ulong> AllocateCommonBuffer(ulong[] arguments)
    {
        _ = AdapterOf(arguments[0]);
        var address = _kernel.Mm.MapCommonBuffer((uint)arguments[1]);
        if (address.IsNull)
            return Result(0);
        _commonBuffers.Add(address, (uint)arguments[1]);
        Memory.WriteUInt64(new VirtualAddress(arguments[2]), _kernel.Mm.MmGetPhysicalAddress(address).Value);
        _kernel.Record(new RegistrationRecord(RegistrationKind.CommonBuffer, true, address, VirtualAddress.Null, new VirtualAddress(arguments[0])));
        return Result(address.Value);
    }

    /// <summary>FreeCommonBuffer(adapter, length, logicalAddress, virtualAddress, cacheEnabled).</summary>
    private GuestTask<ulong> FreeCommonBuffer(ulong[] arguments)
    {
        var address = new VirtualAddress(arguments[3]);
        if (!_commonBuffers.Remove(address, out var bytes))
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"FreeCommonBuffer of {address}, which is no common buffer");
        _kernel.Mm.UnmapCommonBuffer(address, bytes);
        _kernel.Record(new RegistrationRecord(RegistrationKind.CommonBuffer, false, address, VirtualAddress.Null, new VirtualAddress(arguments[0])));
        return Result(0);
    }

    /// <summary>AllocateAdapterChannel(adapter, device, mapRegisters, routine, context): the routine runs as soon as the channel is free.</summary>
    private async GuestTask<ulong> AllocateAdapterChannel(ulong[] arguments)
    {
        var adapter = AdapterOf(arguments[0]);
        var request = (new DeviceObject(Memory, new VirtualAddress(arguments[1])), (uint)arguments[2], new VirtualAddress(arguments[3]), new VirtualAddress(arguments[4]));
        if (request.Item2 > adapter.MapRegisters)
            return NtStatus.InsufficientResources.Code;
        if (adapter.IsHeld)
            adapter.Waiting.Enqueue(request);
        else
            await GiveChannel(adapter, request);
        return NtStatus.Success.Code;
    }

    private async GuestTask<ulong> FreeAdapterChannel(ulong[] arguments)
    {
        var adapter = AdapterOf(arguments[0]);
        adapter.IsHeld = false;
        while (!adapter.IsHeld && adapter.Waiting.TryDequeue(out var next))
            await GiveChannel(adapter, next);
        return 0;
    }

    /// <summary>Calls DRIVER_CONTROL; what it returns says whether the channel stays with the request.</summary>
    private async GuestTask GiveChannel(DmaAdapter adapter, (DeviceObject Device, uint MapRegisters, VirtualAddress Routine, VirtualAddress Context) request)
    {
        const uint keepObject = 1;
        adapter.IsHeld = true;
        var action = await _kernel.CallDriver(
            DriverCallKind.Other, request.Device.DriverObject?.Address ?? VirtualAddress.Null, _kernel.CurrentThread, request.Routine,
            request.Device.Address.Value, request.Device.CurrentIrp?.Address.Value ?? 0, adapter.MapRegisterBase.Value, request.Context.Value);
        if ((uint)action != keepObject)
            adapter.IsHeld = false;
    }

    /// <summary>MapTransfer(adapter, mdl, mapRegisterBase, currentVa, length, writeToDevice): the address of the next piece that is in one.</summary>
    private GuestTask<ulong> MapTransfer(ulong[] arguments)
    {
        var (mdl, length) = (new Mdl(Memory, new VirtualAddress(arguments[1])), new VirtualAddress(arguments[4]));
        var (address, bytes) = _kernel.Mm.PieceOf(mdl, new VirtualAddress(arguments[3]), Memory.ReadUInt32(length));
        Memory.WriteUInt32(length, bytes);
        return Result(address);
    }
}
