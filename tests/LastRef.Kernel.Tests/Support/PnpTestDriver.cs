using System.Text;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>A function driver written in C#: it attaches in AddDevice, passes requests down, and leaves with REMOVE (U-5.81).</summary>
/// <remarks>With <see cref="Report"/> it is a bus driver too and keeps the PDO rules of spec 5.8.</remarks>
internal sealed class PnpTestDriver
{
    private readonly KernelTest _test;
    private readonly Dictionary<VirtualAddress, DeviceObject> _lower = [];
    private readonly Dictionary<VirtualAddress, string> _childIds = [];
    private readonly List<VirtualAddress> _reported = [];

    private bool _isBus;

    private PnpTestDriver(KernelTest test) => _test = test;

    public TestDriver Driver { get; private set; } = null!;

    /// <summary>PnP requests to function devices, by the minor function; <c>child:</c> stands before those to children.</summary>
    public List<string> Log { get; } = [];

    /// <summary>A status with which to answer a PnP request instead of passing it down; null passes it down.</summary>
    public Func<PnpMinor, NtStatus?> Answer { get; set; } = _ => null;

    public Func<DeviceObject, NtStatus> OnAdd { get; set; } = _ => NtStatus.Success;

    /// <summary>Looks at the location of a START request.</summary>
    public Action<IoStackLocation> OnStart { get; set; } = _ => { };

    /// <summary>Called when REMOVE has deleted a function device and before it returns.</summary>
    public Action<DeviceObject> OnDeleted { get; set; } = _ => { };

    /// <summary>The same, for work that takes calls.</summary>
    public Func<DeviceObject, GuestTask> OnDeletedAsync { get; set; } = _ => GuestTask.CompletedTask;

    /// <summary>PNP_DEVICE_STATE that children report.</summary>
    public ulong ChildState { get; set; }

    /// <summary>A child whose QUERY_REMOVE fails.</summary>
    public VirtualAddress RefusingChild { get; set; }

    /// <summary>What the driver does in SURPRISE_REMOVAL before it passes the request down.</summary>
    public Func<DeviceObject, DeviceObject, GuestTask> OnSurprise { get; set; } = (_, _) => GuestTask.CompletedTask;

    /// <summary>PDOs that the driver names for QUERY_DEVICE_RELATIONS of a type: 1 ejection, 3 removal.</summary>
    public Dictionary<uint, List<DeviceObject>> Named { get; } = [];

    /// <summary>Changes the list of FILTER_RESOURCE_REQUIREMENTS.</summary>
    public Action<IoResourceRequirementsList> OnFilter { get; set; } = _ => { };

    /// <summary>Handles what is no PnP request; completed with success by default.</summary>
    public Func<Irp, IoStackLocation, GuestTask<NtStatus>>? OnOther { get; set; }

    /// <summary>Whether REMOVE detaches the function device, and whether it deletes it.</summary>
    public (bool Detaches, bool Deletes) OnRemove { get; set; } = (true, true);

    /// <summary>PNP_DEVICE_STATE that the device reports.</summary>
    public ulong DeviceState { get; set; }

    /// <summary>Whether the ids of children are unique in the system, not only on this bus.</summary>
    public bool ChildrenAreUnique { get; set; } = true;

    /// <summary>Whether children work without a function driver.</summary>
    public bool ChildrenAreRaw { get; set; } = true;

    public DeviceObject? FunctionDevice { get; private set; }

    private MutableTarget Memory => _test.Memory;

    private PnpManager Pnp => _test.Kernel.Pnp;

    public static PnpTestDriver Load(KernelTest test, string name)
    {
        var pnp = new PnpTestDriver(test);
        pnp.Driver = TestDriver.Load(test, name, driver =>
        {
            driver.Object.DriverExtension!.Value.SetAddDevice(
                test.Memory, test.Routine(async a => (await pnp.AddDevice(new DeviceObject(test.Memory, new VirtualAddress(a[1])))).Code));
            return GuestTask.FromResult(NtStatus.Success);
        });
        pnp.Driver.Dispatch = pnp.OnRequest;
        pnp.Driver.Unload = () => GuestTask.CompletedTask;
        return pnp;
    }

    /// <summary>Plugs in a device that the driver gets, without building its stack.</summary>
    public PnpDevice Arrive(int instance = 0, IReadOnlyList<DeviceResource>? resources = null) => _test.Run(_ => Pnp.Arrive(new DeviceIdentity
    {
        InstancePath = $@"LASTREF\TEST\{instance}",
        HardwareIds = [@"LASTREF\TEST"],
        Service = Driver.ServiceKey[(Driver.ServiceKey.LastIndexOf('\\') + 1)..],
        Resources = resources ?? [],
    }));

    /// <summary>Builds and starts the stack of a device.</summary>
    public NtStatus Start(PnpDevice device)
    {
        var status = _test.Run(_ => Pnp.BuildStack(device));
        if (status.IsSuccess)
            status = _test.Run(_ => Pnp.Start(device));
        _test.RunUntilIdle();
        return status;
    }

    /// <summary>A device that works.</summary>
    public PnpDevice PlugIn(int instance = 0)
    {
        var device = Arrive(instance);
        Assert.Equal(NtStatus.Success, Start(device));
        return device;
    }

    public NtStatus Remove(PnpDevice device)
    {
        var status = _test.Run(_ => Pnp.QueryAndRemove(device));
        _test.RunUntilIdle();
        return status;
    }

    public void PullOut(PnpDevice device)
    {
        Pnp.Bus.Unplug(device.Pdo);
        _test.Run(async _ =>
        {
            await Pnp.SurpriseRemove(device);
            return true;
        });
        _test.RunUntilIdle();
    }

    /// <summary>Makes a child device; the next query for bus relations reports it.</summary>
    public DeviceObject Report(string instance)
    {
        _isBus = true;
        var child = Driver.CreateDevice(null);
        _childIds.Add(child.Address, instance);
        _reported.Add(child.Address);
        return child;
    }

    /// <summary>Reports a PDO once more than it is there.</summary>
    public void ReportAgain(VirtualAddress pdo)
    {
        _isBus = true;
        _reported.Add(pdo);
    }

    /// <summary>The child is not reported any more.</summary>
    public void Retract(DeviceObject child) => _reported.Remove(child.Address);

    private async GuestTask<NtStatus> AddDevice(DeviceObject pdo)
    {
        var (status, device) = await _test.Kernel.Io.CreateDevice(Driver.Object, 16, null, DeviceType.Unknown, DeviceCharacteristics.None, exclusive: false);
        Assert.Equal(NtStatus.Success, status);
        var function = device!.Value;
        status = OnAdd(pdo);
        if (!status.IsSuccess)
        {
            await _test.Call("IoDeleteDevice", function.Address.Value);
            return status;
        }

        var lower = await _test.Call("IoAttachDeviceToDeviceStack", function.Address.Value, pdo.Address.Value);
        _lower[function.Address] = new DeviceObject(Memory, new VirtualAddress(lower));
        function.SetFlags(Memory, function.Flags & ~DeviceFlags.DeviceInitializing);
        FunctionDevice = function;
        return NtStatus.Success;
    }

    private GuestTask<NtStatus> OnRequest(Irp irp, IoStackLocation location)
    {
        var device = location.DeviceObject!.Value;
        if (location.MajorFunction != IrpMajor.Pnp)
            return OnOther is { } other ? other(irp, location) : Driver.Complete(irp, NtStatus.Success);
        return _childIds.TryGetValue(device.Address, out var instance)
            ? OnChild(device, instance, irp, location)
            : OnFunction(device, irp, location);
    }

    private async GuestTask<NtStatus> OnFunction(DeviceObject device, Irp irp, IoStackLocation location)
    {
        var minor = (PnpMinor)location.MinorFunction;
        Log.Add(minor.ToString());
        if (minor == PnpMinor.StartDevice)
            OnStart(location);
        if (minor == PnpMinor.SurpriseRemoval)
            await OnSurprise(device, _lower[device.Address]);
        if (Answer(minor) is { } answer)
            return await Driver.Complete(irp, answer);
        if (minor == PnpMinor.QueryDeviceRelations && location.QueryDeviceRelationsType == 0 && _isBus)
        {
            irp.IoStatus.SetInformation(Memory, await Relations());
            irp.IoStatus.SetStatus(Memory, NtStatus.Success);
        }
        else if (minor == PnpMinor.QueryDeviceRelations && Named.TryGetValue(location.QueryDeviceRelationsType, out var named))
        {
            irp.IoStatus.SetInformation(Memory, RelationsOf([.. named.Select(d => d.Address)]));
            irp.IoStatus.SetStatus(Memory, NtStatus.Success);
        }
        else if (minor == PnpMinor.FilterResourceRequirements)
        {
            OnFilter(new IoResourceRequirementsList(Memory, location.FilterResourceRequirements));
            irp.IoStatus.SetStatus(Memory, NtStatus.Success);
        }
        else if (minor == PnpMinor.QueryPnpDeviceState)
            return await Driver.Complete(irp, NtStatus.Success, DeviceState);
        else if (minor is PnpMinor.QueryRemoveDevice or PnpMinor.CancelRemoveDevice or PnpMinor.SurpriseRemoval or PnpMinor.RemoveDevice)
            irp.IoStatus.SetStatus(Memory, NtStatus.Success);
        var lower = _lower[device.Address];
        irp.SetCurrentLocation(Memory, (sbyte)(irp.CurrentLocation + 1));
        irp.SetCurrentStackLocation(Memory, new IoStackLocation(Memory, location.Address + IoStackLocation.SizeOf(Memory.Layout)));
        var status = await _test.Kernel.Io.IofCallDriver(lower, irp);
        if (minor != PnpMinor.RemoveDevice)
            return status;
        _lower.Remove(device.Address);
        if (OnRemove.Detaches)
            await _test.Call("IoDetachDevice", lower.Address.Value);
        if (OnRemove.Deletes)
            await _test.Call("IoDeleteDevice", device.Address.Value);
        OnDeleted(device);
        await OnDeletedAsync(device);
        return status;
    }

    private async GuestTask<NtStatus> OnChild(DeviceObject child, string instance, Irp irp, IoStackLocation location)
    {
        var minor = (PnpMinor)location.MinorFunction;
        Log.Add("child:" + minor);
        switch (minor)
        {
            case PnpMinor.QueryId when location.QueryIdType is 0 or 3:
                return await Driver.Complete(irp, NtStatus.Success, Text(location.QueryIdType == 0 ? @"TESTBUS\CHILD" : instance));
            case PnpMinor.QueryCapabilities:
                location.DeviceCapabilities!.Value.SetUniqueID(Memory, ChildrenAreUnique ? 1u : 0);
                location.DeviceCapabilities!.Value.SetRawDeviceOK(Memory, ChildrenAreRaw ? 1u : 0);
                return await Driver.Complete(irp, NtStatus.Success);
            case PnpMinor.RemoveDevice:
                var status = await Driver.Complete(irp, NtStatus.Success);
                if (_reported.Contains(child.Address))
                    return status;
                _childIds.Remove(child.Address);
                await _test.Call("IoDeleteDevice", child.Address.Value);
                return status;
            case PnpMinor.QueryPnpDeviceState:
                return await Driver.Complete(irp, NtStatus.Success, ChildState);
            case PnpMinor.QueryRemoveDevice when child.Address == RefusingChild:
                return await Driver.Complete(irp, NtStatus.Unsuccessful);
            case PnpMinor.StartDevice or PnpMinor.QueryRemoveDevice or PnpMinor.CancelRemoveDevice or PnpMinor.SurpriseRemoval
                or PnpMinor.QueryStopDevice or PnpMinor.StopDevice or PnpMinor.CancelStopDevice:
                return await Driver.Complete(irp, NtStatus.Success);
            default:
                return await Driver.Complete(irp, irp.IoStatus.Status);
        }
    }

    private GuestTask<ulong> Relations() => GuestTask.FromResult(RelationsOf(_reported));

    private ulong RelationsOf(List<VirtualAddress> pdos)
    {
        var relations = _test.Kernel.Ex.PagedPool.Allocate((ulong)(8 + (8 * pdos.Count)), PoolTags.Pnp, null);
        Memory.WriteUInt32(relations, (uint)pdos.Count);
        for (var i = 0; i < pdos.Count; i++)
        {
            // U-5.70: a reference for each PDO, which the PnP manager gives back.
            if (_test.Kernel.Ob.IsAlive(pdos[i], ObjectKind.Device))
                _test.Kernel.Ob.Reference(pdos[i], ReferenceCause.ExplicitReference);
            Memory.WritePointer(relations + (8 + (8 * i)), pdos[i]);
        }

        return relations.Value;
    }

    private ulong Text(string text)
    {
        var bytes = Encoding.Unicode.GetBytes(text + "\0");
        var address = _test.Kernel.Ex.PagedPool.Allocate((ulong)bytes.Length, PoolTags.Pnp, null);
        Memory.Write(address, bytes);
        return address.Value;
    }
}
