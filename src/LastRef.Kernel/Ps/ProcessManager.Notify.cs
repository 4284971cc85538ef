using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Kernel;

/// <summary>Notification routines for processes, threads and images.</summary>
internal sealed partial class ProcessManager
{
    private const int RoutineLimit = 64;
    private readonly List<(VirtualAddress Routine, bool Extended)> _processRoutines = [];
    private readonly List<VirtualAddress> _threadRoutines = [];
    private readonly List<VirtualAddress> _imageRoutines = [];
    private readonly HashSet<VirtualAddress> _reported = [];

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "R-43")]
    internal NtStatus PsSetCreateProcessNotifyRoutine(VirtualAddress notifyRoutine, NtBoolean remove) =>
        SetProcessRoutine(notifyRoutine, remove, extended: false);

    /// <summary>Refused for images without the integrity flag (driver-binaries, "Habits of real drivers").</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "R-43")]
    internal NtStatus PsSetCreateProcessNotifyRoutineEx(VirtualAddress notifyRoutine, NtBoolean remove) =>
        !remove && !HasIntegrityFlag(notifyRoutine) ? NtStatus.AccessDenied : SetProcessRoutine(notifyRoutine, remove, extended: true);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "R-43")]
    internal NtStatus PsSetCreateProcessNotifyRoutineEx2(int notifyType, VirtualAddress notifyInformation, NtBoolean remove) =>
        notifyType != 0 ? NtStatus.InvalidParameter : PsSetCreateProcessNotifyRoutineEx(notifyInformation, remove);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "R-43")]
    internal NtStatus PsSetCreateThreadNotifyRoutine(VirtualAddress notifyRoutine) =>
        Add(_threadRoutines, notifyRoutine, RegistrationKind.ThreadNotify);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "R-43", Missing = "notification on the new thread's own context")]
    internal NtStatus PsSetCreateThreadNotifyRoutineEx(int notifyType, VirtualAddress notifyInformation)
    {
        if (notifyType is not (0 or 1))
            return NtStatus.InvalidParameter;
        if (notifyType == 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "PsSetCreateThreadNotifyRoutineEx for notification on the new thread");
        return Add(_threadRoutines, notifyInformation, RegistrationKind.ThreadNotify);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "R-43")]
    internal NtStatus PsRemoveCreateThreadNotifyRoutine(VirtualAddress notifyRoutine) =>
        Remove(_threadRoutines, notifyRoutine, RegistrationKind.ThreadNotify);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "R-43")]
    internal NtStatus PsSetLoadImageNotifyRoutine(VirtualAddress notifyRoutine) =>
        Add(_imageRoutines, notifyRoutine, RegistrationKind.ImageNotify);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "R-43")]
    internal NtStatus PsSetLoadImageNotifyRoutineEx(VirtualAddress notifyRoutine, ulong flags) =>
        flags > 1 ? NtStatus.InvalidParameter : Add(_imageRoutines, notifyRoutine, RegistrationKind.ImageNotify);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "R-43")]
    internal NtStatus PsRemoveLoadImageNotifyRoutine(VirtualAddress notifyRoutine) =>
        Remove(_imageRoutines, notifyRoutine, RegistrationKind.ImageNotify);

    /// <summary>Whether the image that holds the code was linked with /integritycheck, which these registrations demand.</summary>
    public bool HasIntegrityFlag(VirtualAddress code) =>
        _kernel.Images.ImageAt(code)?.Pe is { } pe && (pe.DllCharacteristics & ImageDllCharacteristics.ForceIntegrity) != 0;

    /// <summary>Tells the image routines that an image was mapped (Doc: PsSetLoadImageNotifyRoutine).</summary>
    public async GuestTask NotifyImage(LoadedImage image)
    {
        if (_imageRoutines.Count == 0)
            return;
        var entry = new KldrDataTableEntry(Memory, image.LoaderEntry);

        // IMAGE_INFO: Properties 0 (bit 8 SystemModeImage), ImageBase 8, ImageSelector 10, ImageSize 18, ImageSectionNumber 20.
        var info = _kernel.Ex.NonPagedPool.Allocate(0x28, PoolTags.Process, null);
        Memory.WriteUInt32(info, 0x100);
        Memory.WritePointer(info + 8, image.Base);
        Memory.WriteUInt64(info + 0x18, image.ByteCount);
        foreach (var routine in _imageRoutines.ToArray())
            await Notify(routine, entry.FullDllName.Address.Value, 0, info.Value);
        _kernel.Ex.NonPagedPool.Free(info);
    }

    private async GuestTask ReportThreadStart(KernelThread thread)
    {
        if (thread.Process != SystemProcess && _reported.Add(thread.Process))
            await NotifyProcess(thread.Process, created: true);
        await NotifyThread(thread, created: true);
    }

    private async GuestTask NotifyProcess(VirtualAddress process, bool created)
    {
        var eprocess = new EProcess(Memory, process);
        var id = eprocess.UniqueProcessId.Value;
        foreach (var (routine, extended) in _processRoutines.ToArray())
        {
            if (extended)
                await NotifyProcessExtended(routine, process, id, created);
            else
                await Notify(routine, eprocess.InheritedFromUniqueProcessId.Value, id, created ? 1UL : 0);
        }
    }

    /// <summary>PS_CREATE_NOTIFY_INFO: Size 0, Flags 8, ParentProcessId 10, CreatingThreadId 18, FileObject 28, ImageFileName 30, CommandLine 38, CreationStatus 40.</summary>
    private async GuestTask NotifyProcessExtended(VirtualAddress routine, VirtualAddress process, ulong id, bool created)
    {
        const int bytes = 0x48;
        var info = VirtualAddress.Null;
        var name = VirtualAddress.Null;
        if (created)
        {
            info = _kernel.Ex.NonPagedPool.Allocate(bytes + 16, PoolTags.Process, null);
            name = info + bytes;
            Memory.WriteUInt64(info, bytes);
            Memory.WriteUInt64(info + 0x10, new EProcess(Memory, process).InheritedFromUniqueProcessId.Value);
            Memory.WriteUInt64(info + 0x18, new EProcess(Memory, SystemProcess).UniqueProcessId.Value);
            _kernel.Rtl.WriteString(new UnicodeString(Memory, name), @"\??\C:\" + ImageNameOf(process), PoolTags.Process);
            Memory.WritePointer(info + 0x30, name);
            Memory.WritePointer(info + 0x38, name);
        }

        await Notify(routine, process.Value, id, info.Value);
        if (info.IsNull)
            return;
        var status = new NtStatus((int)Memory.ReadUInt32(info + 0x40));
        _kernel.Ex.NonPagedPool.Free(new UnicodeString(Memory, name).Buffer);
        _kernel.Ex.NonPagedPool.Free(info);
        if (!status.IsSuccess)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a process notification routine forbids a process ({status})");
    }

    private async GuestTask NotifyThread(KernelThread thread, bool created)
    {
        var ethread = new EThread(Memory, thread.Address);
        foreach (var routine in _threadRoutines.ToArray())
            await Notify(routine, ethread.UniqueProcess.Value, ethread.UniqueThread.Value, created ? 1UL : 0);
    }

    private GuestTask<ulong> Notify(VirtualAddress routine, ulong first, ulong second, ulong third) =>
        _kernel.CallDriver(DriverCallKind.Notification, VirtualAddress.Null, _kernel.CurrentThread, routine, first, second, third);

    private NtStatus SetProcessRoutine(VirtualAddress routine, bool remove, bool extended)
    {
        if (remove)
        {
            if (!_processRoutines.Remove((routine, extended)))
                return NtStatus.ProcedureNotFound;
            _kernel.Record(new RegistrationRecord(RegistrationKind.ProcessNotify, false, routine, routine, VirtualAddress.Null));
            return NtStatus.Success;
        }

        // Doc: PsSetCreateProcessNotifyRoutine fails for a routine that is registered and when the limit is reached.
        if (_processRoutines.Count >= RoutineLimit || _processRoutines.Exists(r => r.Routine == routine))
            return NtStatus.InvalidParameter;
        _processRoutines.Add((routine, extended));
        _kernel.Record(new RegistrationRecord(RegistrationKind.ProcessNotify, true, routine, routine, VirtualAddress.Null));
        return NtStatus.Success;
    }

    private NtStatus Add(List<VirtualAddress> routines, VirtualAddress routine, RegistrationKind kind)
    {
        if (routines.Count >= RoutineLimit)
            return NtStatus.InsufficientResources;
        routines.Add(routine);
        _kernel.Record(new RegistrationRecord(kind, true, routine, routine, VirtualAddress.Null));
        return NtStatus.Success;
    }

    private NtStatus Remove(List<VirtualAddress> routines, VirtualAddress routine, RegistrationKind kind)
    {
        if (!routines.Remove(routine))
            return NtStatus.ProcedureNotFound;
        _kernel.Record(new RegistrationRecord(kind, false, routine, routine, VirtualAddress.Null));
        return NtStatus.Success;
    }
}
