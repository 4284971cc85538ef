using LastRef.Nt;

namespace LastRef;

/// <summary>File objects, requests and handles.</summary>
internal sealed partial class CaptureWalk
{
    private const short FileType = 5;
    private const short IrpType = 6;

    private void WalkFiles()
    {
        foreach (var address in roots.FileObjects.Take(roots.Limit))
        {
            var file = Try("the file object", address, () => ReadFile(new FileObject(target, address)));
            if (file is not null && _devices.ContainsKey(file.Device))
                _files.Add(address, file);
        }
    }

    private CapturedFile? ReadFile(FileObject file)
    {
        if (file.Type != FileType)
            return null;
        var header = HeaderOf(file.Address);
        return new CapturedFile(
            file.Address, file.DeviceObject?.Address ?? default, file.FileName.TryToText(out _, 260) ?? "", file.Flags,
            header.PointerCount, header.HandleCount) { IsOpenedByKernel = (header.Flags & ObjectHeaderFlags.KernelObject) != 0 };
    }

    private void WalkIrps()
    {
        foreach (var address in roots.Irps.Take(roots.Limit))
        {
            var irp = Try("the IRP", address, () => ReadIrp(new Irp(target, address)));
            if (irp is null)
                continue;
            var ours = _files.ContainsKey(irp.File)
                || (_devices.TryGetValue(irp.Device, out var device) && device.Driver == roots.DriverObject)
                || irp.CompletionRoutines.Any(IsInImage) || roots.StackIrps.Contains(address);
            if (ours)
                _irps.Add(irp);
        }
    }

    private CapturedIrp? ReadIrp(Irp irp)
    {
        if (irp.Type != IrpType)
            return null;
        int current = irp.CurrentLocation;
        int count = irp.StackCount;
        IoStackLocation? location = current >= 1 && current <= count ? irp.CurrentStackLocation : null;
        var routines = new List<VirtualAddress>();
        var contexts = new List<VirtualAddress>();
        var size = IoStackLocation.SizeOf(target.Layout);
        var stack = irp.Address + Irp.SizeOf(target.Layout);
        // Locations below the current one are those of drivers further down; theirs have been used or not been set.
        for (var i = current; i >= 1 && i <= count; i++)
        {
            var above = new IoStackLocation(target, stack + ((i - 1) * size));
            if (above.CompletionRoutine.IsNull)
                continue;
            routines.Add(above.CompletionRoutine);
            contexts.Add(above.Context);
        }

        var file = location?.FileObject?.Address ?? irp.OriginalFileObject?.Address ?? default;
        return new CapturedIrp(
            irp.Address, file, location?.DeviceObject?.Address ?? default, location?.MajorFunction, location?.MinorFunction ?? 0,
            irp.CancelRoutine, irp.Cancel, irp.Thread?.Address ?? default)
        {
            CompletionRoutines = routines,
            CompletionContexts = contexts,
            UserEvent = irp.UserEvent?.Address ?? default,
        };
    }

    private void WalkProcesses()
    {
        var processes = new List<VirtualAddress>(roots.Processes);
        if (!roots.ActiveProcessHead.IsNull && target.Layout.TryGetField("_EPROCESS", "ActiveProcessLinks", out var links))
        {
            var walk = Walker.List<EProcess>(new ListEntry(target, roots.ActiveProcessHead), links.Offset, roots.Limit);
            NoteEnd("the list of processes", walk);
            processes.AddRange(walk.Items.Select(p => p.Address).Except(roots.Processes));
        }

        if (processes.Count == 0)
            _gaps.Add("no process is known: handles could not be searched");
        foreach (var address in processes)
        {
            Try("the process", address, () =>
            {
                WalkHandles(new EProcess(target, address));
                WalkThreads(new EProcess(target, address));
                return this;
            });
        }
    }

    private void WalkHandles(EProcess process)
    {
        if (process.ObjectTable is not { } table)
            return;
        var (id, name) = (process.UniqueProcessId.Value, HandleTableReader.ImageNameOf(process));
        _handleReader ??= new HandleTableReader(target, _gaps.Add);
        _handleReader.Read(table.Address, $"process {id}", (value, entry, body, access, batch) =>
        {
            if (body == roots.DriverObject || _devices.ContainsKey(body) || _files.ContainsKey(body))
                _handles.Add(new CapturedHandle(process.Address, id, name, new HandleValue(value), body, entry, access, batch));
            return true;
        });
    }

    private HandleTableReader? _handleReader;
}
