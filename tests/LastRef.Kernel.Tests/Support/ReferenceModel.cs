using System.Globalization;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What the counters should be, by adding and subtracting alone; drives the kernel beside it.</summary>
internal sealed class ReferenceModel(KernelTest test, DriverObject[] drivers, VirtualAddress[] processes)
{
    private const int MostDevices = 8;
    private const int MostFiles = 12;
    private const int MostReferences = 20;

    /// <summary>U-1.27: references that a handle takes in advance.</summary>
    private const long Batch = 0x7FFF;

    private readonly List<Device> _devices = [];
    private readonly List<File> _files = [];
    private readonly long[] _driverReferences = new long[drivers.Length];
    private readonly int[] _applied = new int[14];
    private int _names;

    /// <summary>How often each kind of operation found something to do.</summary>
    public IReadOnlyList<int> Applied => _applied;

    private NtKernel Kernel => test.Kernel;

    public async GuestTask Apply(int kind, int first, int second)
    {
        _applied[kind]++;
        switch (kind)
        {
            case 0 or 1 when _devices.Count < MostDevices:
                await Create(first % drivers.Length, second % 4 == 0);
                break;
            case 2 when Pick(_devices, first) is { IsDeleted: false, Below: null } device:
                await Kernel.Io.IoDeleteDevice(device.Body);
                device.IsDeleted = true;
                Settle(device);
                break;
            case 3 or 4 when _files.Count < MostFiles && Pick(_devices, first) is { Name: { } name } device:
                await Open(device, name, processes[second % processes.Length]);
                break;
            case 5 when Pick(_files, first) is { Handles.Count: > 0 } file:
                await Close(file, second % file.Handles.Count);
                break;
            case 6 when IsRarer(first) && Pick(_files, first) is { Handles.Count: > 0 and < 5 } file:
                var process = processes[second % processes.Length];
                file.Handles.Add(new Handle(process, Kernel.Ob.CreateHandle(process, file.Body, 1, kernelHandle: false)) { Remaining = Batch });
                break;
            case 7 when IsRarer(first) && Pick(_files, first) is { Handles.Count: > 0, References: < MostReferences } file:
                var through = file.Handles[second % file.Handles.Count];
                Kernel.Ob.ReferenceByHandle(Kernel.Ob.FindHandle(through.Process, through.Value)!.Value);
                file.References++;
                through.Remaining = through.Remaining == 1 ? Batch : through.Remaining - 1;
                break;
            case 8 when Pick(_files, first) is { References: > 0 } file:
                await Kernel.Ob.ObfDereferenceObject(file.Body);
                file.References--;
                Settle(file);
                break;
            case 9 when IsRarer(first) && Pick(_devices, first) is { References: < MostReferences } device:
                Kernel.Ob.ObfReferenceObject(device.Body.Address);
                device.References++;
                break;
            case 10 when Pick(_devices, first) is { References: > 0 } device:
                await Kernel.Ob.ObfDereferenceObject(device.Body.Address);
                device.References--;
                Settle(device);
                break;
            case 11:
                await ChangeDriver(first % drivers.Length, second);
                break;
            case 12 when Pick(_devices, first) is { IsDeleted: false, Below: null, Above: null } upper && Pick(_devices, second) is { } target:
                Attach(upper, target);
                break;
            case 13 when Pick(_devices, first) is { Above: { } above } lower:
                await Kernel.Io.IoDetachDevice(lower.Body);
                (lower.Above, above.Below) = (null, null);
                Settle(lower);
                break;
            default:
                _applied[kind]--;
                break;
        }
    }

    public void Compare(string when)
    {
        foreach (var device in _devices)
        {
            Same(when, "PointerCount of a device", device.Pointers, Kernel.Ob.HeaderOf(device.Body.Address).PointerCount);
            Same(when, "ReferenceCount of a device", device.Opens, device.Body.ReferenceCount);
            Same(when, "AttachedDevice", device.Above is null ? 0 : 1, device.Body.AttachedDevice is null ? 0 : 1);
            if (device.Name is { } name)
                Same(when, "the name", device.IsDeleted ? 0 : 1, Kernel.Ob.Lookup(name).Object == device.Body.Address ? 1 : 0);
        }

        foreach (var file in _files)
        {
            var header = Kernel.Ob.HeaderOf(file.Body);
            Same(when, "PointerCount of a file", file.Handles.Sum(handle => handle.Remaining) + file.References, header.PointerCount);
            Same(when, "HandleCount of a file", file.Handles.Count, header.HandleCount);
        }

        for (var i = 0; i < drivers.Length; i++)
        {
            Same(when, "PointerCount of a driver", 2 + _driverReferences[i] + _devices.Count(d => d.Driver == i), Kernel.Ob.HeaderOf(drivers[i].Address).PointerCount);
            Same(when, "listed devices", _devices.Count(d => d.Driver == i && !d.IsComplete), Kernel.Io.DevicesOf(drivers[i]).Count);
        }

        Same(when, "devices", _devices.Count, Kernel.Ob.AllOf(ObjectKind.Device).Count(d => drivers.Any(o => new DeviceObject(test.Memory, d).DriverObject == o)));
        Same(when, "files", _files.Count, Kernel.Ob.AllOf(ObjectKind.File).Count());
    }

    private async GuestTask Create(int driver, bool isNameless)
    {
        var path = isNameless ? null : string.Create(CultureInfo.InvariantCulture, $@"\Device\Model{_names++}");
        var (status, device) = await Kernel.Io.CreateDevice(drivers[driver], 0, path, DeviceType.Unknown, DeviceCharacteristics.None, exclusive: false);
        Assert.Equal(NtStatus.Success, status);
        device!.Value.SetFlags(test.Memory, device.Value.Flags & ~DeviceFlags.DeviceInitializing);
        _devices.Add(new Device(device.Value, driver, path));
    }

    private async GuestTask Open(Device device, string name, VirtualAddress process)
    {
        var opened = await Kernel.Io.Open(new OpenRequest { Path = name, Process = process, UserMode = true });
        // U-3.70: a device that is to be deleted has lost its name.
        Assert.Equal(device.IsDeleted ? NtStatus.ObjectNameNotFound : NtStatus.Success, opened.Status);
        if (device.IsDeleted)
            return;
        device.Opens++;
        var file = new File(opened.File, device);
        file.Handles.Add(new Handle(process, opened.Handle) { Remaining = Batch });
        _files.Add(file);
    }

    private async GuestTask Close(File file, int index)
    {
        var handle = file.Handles[index];
        Assert.Equal(NtStatus.Success, await Kernel.Ob.CloseHandle(handle.Process, handle.Value));
        file.Handles.RemoveAt(index);
        Settle(file);
        Assert.Null(Kernel.Ob.FindHandle(handle.Process, handle.Value));
    }

    private async GuestTask ChangeDriver(int driver, int choice)
    {
        if (choice % 2 == 0 && _driverReferences[driver] < MostReferences)
        {
            Kernel.Ob.ObfReferenceObject(drivers[driver].Address);
            _driverReferences[driver]++;
        }
        else if (_driverReferences[driver] > 0)
        {
            await Kernel.Ob.ObfDereferenceObject(drivers[driver].Address);
            _driverReferences[driver]--;
        }
    }

    private void Attach(Device upper, Device target)
    {
        var top = target;
        while (top.Above is { } above)
            top = above;
        if (top == upper)
            return;
        var lower = Kernel.Io.IoAttachDeviceToDeviceStack(upper.Body, target.Body);
        Assert.Equal(top.IsDeleted ? null : top.Body, lower);
        if (!top.IsDeleted)
            (top.Above, upper.Below) = (upper, top);
    }

    private void Settle(File file)
    {
        if (file.Handles.Count > 0 || file.References > 0)
            return;
        _files.Remove(file);
        file.Device.Opens--;
        Settle(file.Device);
    }

    /// <summary>U-3.64, U-3.64a: a deletion is complete without opens and without an attachment; U-3.65: the memory goes with the last reference.</summary>
    private void Settle(Device device)
    {
        if (device is { IsDeleted: true, Opens: 0, Above: null })
            device.IsComplete = true;
        if (device.Pointers == 0)
            _devices.Remove(device);
    }

    /// <summary>What takes is tried half as often as what gives back, so that objects also go and room for new ones comes.</summary>
    private static bool IsRarer(int choice) => (choice >> 12) % 2 == 0;

    private static T? Pick<T>(List<T> list, int choice) where T : class => list.Count == 0 ? null : list[choice % list.Count];

    private static void Same(string when, string what, long expected, long actual) =>
        Assert.True(expected == actual, $"After {when}: {what} is {actual}, the model says {expected}.");

    private sealed class Device(DeviceObject body, int driver, string? name)
    {
        public DeviceObject Body { get; } = body;

        public int Driver { get; } = driver;

        public string? Name { get; } = name;

        public bool IsDeleted { get; set; }

        public bool IsComplete { get; set; }

        public long References { get; set; }

        public int Opens { get; set; }

        public Device? Above { get; set; }

        public Device? Below { get; set; }

        /// <summary>U-1.64: creation until the deletion is complete, name until the deletion begins, references.</summary>
        public long Pointers => (IsComplete ? 0 : 1) + (Name is not null && !IsDeleted ? 1 : 0) + References;
    }

    private sealed class File(VirtualAddress body, Device device)
    {
        public VirtualAddress Body { get; } = body;

        public Device Device { get; } = device;

        public List<Handle> Handles { get; } = [];

        public long References { get; set; }
    }

    private sealed class Handle(VirtualAddress process, HandleValue value)
    {
        public VirtualAddress Process { get; } = process;

        public HandleValue Value { get; } = value;

        public long Remaining { get; set; }
    }
}
