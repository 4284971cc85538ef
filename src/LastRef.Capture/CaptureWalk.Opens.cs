using LastRef.Nt;

namespace LastRef;

/// <summary>File objects, requests and handles.</summary>
internal sealed partial class CaptureWalk
{
    private const short FileType = 5;
    private const short IrpType = 6;
    private const int HandleEntriesPerPage = 256;
    private const int HandleEntryBytes = 16;
    private const int HandlePagesPerLevel = 512;

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
            header.PointerCount, header.HandleCount);
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
                || irp.CompletionRoutines.Any(IsInImage);
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
        var size = IoStackLocation.SizeOf(target.Layout);
        var stack = irp.Address + Irp.SizeOf(target.Layout);
        // Locations below the current one are those of drivers further down; theirs have been used or not been set.
        for (var i = current; i >= 1 && i <= count; i++)
        {
            var routine = new IoStackLocation(target, stack + ((i - 1) * size)).CompletionRoutine;
            if (!routine.IsNull)
                routines.Add(routine);
        }

        var file = location?.FileObject?.Address ?? irp.OriginalFileObject?.Address ?? default;
        return new CapturedIrp(
            irp.Address, file, location?.DeviceObject?.Address ?? default, location?.MajorFunction, location?.MinorFunction ?? 0,
            irp.CancelRoutine, irp.Cancel, irp.Thread?.Address ?? default)
        {
            CompletionRoutines = routines,
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
        var code = table.TableCode;
        var levels = (int)(code & 3);
        var top = new VirtualAddress(code & ~3UL);
        if (levels > 1)
        {
            // Three levels begin at 131072 handles; the first two million-handle processes are not the ones asked about.
            _gaps.Add($"the handle table of process {process.UniqueProcessId} has three levels: its handles were not searched");
            return;
        }

        var name = ImageNameOf(process);
        if (levels == 0)
        {
            WalkHandlePage(process, name, top, 0);
            return;
        }

        for (var page = 0; page < HandlePagesPerLevel; page++)
        {
            var entries = target.ReadPointer(top + (8 * page));
            if (entries.IsNull)
                break;
            WalkHandlePage(process, name, entries, page);
        }
    }

    private void WalkHandlePage(EProcess process, string name, VirtualAddress entries, int page)
    {
        for (var i = 0; i < HandleEntriesPerPage; i++)
        {
            var index = (page * HandleEntriesPerPage) + i;
            var entry = new HandleTableEntry(target, entries + (i * HandleEntryBytes));
            if (index == 0 || entry.Value == 0)
                continue;
            // U-1.27: packed entries carry bits 4 to 47 of the header's address; older ones the address with flags in its low bits.
            var header = entry.ObjectPointerBits is { } bits
                ? new VirtualAddress((bits << 4) | 0xFFFF_0000_0000_0000)
                : new VirtualAddress(entry.Value & ~7UL);
            var body = header + ObjectHeaderBytes;
            if (body != roots.DriverObject && !_devices.ContainsKey(body) && !_files.ContainsKey(body))
                continue;
            var access = entry.GrantedAccessBits ?? entry.GrantedAccess ?? 0;
            _handles.Add(new CapturedHandle(
                process.Address, process.UniqueProcessId.Value, name, new HandleValue((ulong)index * 4), body, entry.Address, access, entry.RefCnt));
        }
    }

    private static string ImageNameOf(EProcess process)
    {
        var field = process.ImageFileName;
        Span<char> name = stackalloc char[15];
        var length = 0;
        while (length < name.Length && field[length] is var c and > 0x20 and < 0x7F)
            name[length++] = (char)c;
        return length == 0 ? "?" : name[..length].ToString();
    }
}
