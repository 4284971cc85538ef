using System.Text;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Processes and threads: real EPROCESS and ETHREAD objects in target memory.</summary>
internal sealed partial class ProcessManager(NtKernel kernel)
{
    private const ulong SystemProcessId = 4;
    private readonly NtKernel _kernel = kernel;
    private readonly SortedDictionary<ulong, VirtualAddress> _processes = [];
    private readonly SortedDictionary<ulong, VirtualAddress> _threads = [];
    private VirtualAddress _activeProcessHead;
    private ulong _nextId = SystemProcessId + 4;
    private ulong _nextUserSpace = AddressMap.UserSpace.Value;

    private MutableTarget Memory => _kernel.Memory;

    /// <summary>The System process, in which drivers' system threads and worker threads run.</summary>
    public VirtualAddress SystemProcess { get; private set; }

    /// <summary>Processes that have not ended, by process identifier.</summary>
    public IEnumerable<VirtualAddress> Processes => _processes.Values;

    /// <summary>False once a process has ended, and its object may be gone.</summary>
    public bool IsRunning(VirtualAddress process) => _processes.ContainsValue(process);

    /// <summary>The process whose context the running thread has; the System process between threads.</summary>
    public VirtualAddress CurrentProcess => _kernel.Scheduler.Current?.Process ?? SystemProcess;

    public void Boot()
    {
        _kernel.Ob.OnDelete(ObjectKind.Process, DeleteProcess);
        _kernel.Ob.OnDelete(ObjectKind.Thread, DeleteThread);
        _activeProcessHead = _kernel.Images.Variable("PsActiveProcessHead", 16);
        _kernel.Ke.InitializeList(_activeProcessHead);
        SystemProcess = NewProcess("System", SystemProcessId, VirtualAddress.Null);
        Memory.WritePointer(_kernel.Images.DefineVariable("PsInitialSystemProcess", 8), SystemProcess);
        _kernel.Ke.DefineVariables();
        BootIdleThread();
    }

    /// <summary>The process of a running application, without a thread yet.</summary>
    /// <param name="imageName">File name such as <c>app.exe</c>.</param>
    /// <remarks>Process notification routines run when its first thread is made, as on Windows (Doc: PsSetCreateProcessNotifyRoutine).</remarks>
    public VirtualAddress CreateProcess(string imageName)
    {
        var process = NewProcess(imageName, TakeId(), SystemProcess);
        var end = _nextUserSpace + AddressMap.UserSpaceBytes;
        _userSpaces.Add(process, new VirtualAddress(_nextUserSpace));
        _nextUserSpace = end;
        return process;
    }

    private readonly Dictionary<VirtualAddress, VirtualAddress> _userSpaces = [];

    /// <summary>Where a process's own terabyte of user space begins; null for the System process.</summary>
    public VirtualAddress? UserSpaceOf(VirtualAddress process) => _userSpaces.TryGetValue(process, out var start) ? start : null;

    public VirtualAddress? FindProcess(ulong id) => _processes.TryGetValue(id, out var process) ? process : null;

    public VirtualAddress? FindThread(ulong id) => _threads.TryGetValue(id, out var thread) ? thread : null;

    public string ImageNameOf(VirtualAddress process)
    {
        var name = new EProcess(Memory, process).ImageFileName;
        var text = new StringBuilder();
        for (var i = 0; i < 15 && name[i] != 0; i++)
            text.Append((char)name[i]);
        return text.ToString();
    }

    private ulong TakeId()
    {
        var id = _nextId;
        _nextId += 4;
        return id;
    }

    private VirtualAddress NewProcess(string imageName, ulong id, VirtualAddress parent)
    {
        var address = _kernel.Ob.Create(ObjectKind.Process, (ulong)EProcess.SizeOf(Memory.Layout), PoolTags.Process);
        var process = new EProcess(Memory, address);
        var header = process.Pcb.Header;
        header.SetType(Memory, DispatcherType.Process);
        header.SetSize(Memory, (byte)(KProcess.SizeOf(Memory.Layout) / 4));
        _kernel.Ke.InitializeList(header.WaitListHead.Address);
        _kernel.Ke.InitializeList(process.Pcb.ThreadListHead.Address);
        _kernel.Ke.InitializeList(process.ThreadListHead.Address);
        process.Pcb.SetBasePriority(Memory, 8);
        process.Pcb.SetDirectoryTableBase(Memory, AddressMap.DirectoryTableBase.Value);
        process.SetUniqueProcessId(Memory, new HandleValue(id));
        process.SetExitStatus(Memory, NtStatus.Pending);
        process.SetCreateTime(Memory, _kernel.Ke.SystemTime100ns);
        if (!parent.IsNull)
            process.SetInheritedFromUniqueProcessId(Memory, new EProcess(Memory, parent).UniqueProcessId);
        for (var i = 0; i < Math.Min(imageName.Length, 14); i++)
            process.ImageFileName.Set(Memory, i, (byte)imageName[i]);
        process.SetObjectTable(Memory, new HandleTable(Memory, _kernel.Ob.CreateHandleTable(process)));
        _kernel.Ke.InsertTail(_activeProcessHead, process.ActiveProcessLinks.Address);
        _processes.Add(id, address);
        return address;
    }

    private GuestTask DeleteProcess(VirtualAddress body)
    {
        var process = new EProcess(Memory, body);
        _kernel.Ke.RemoveEntry(process.ActiveProcessLinks.Address);
        return GuestTask.CompletedTask;
    }
}
