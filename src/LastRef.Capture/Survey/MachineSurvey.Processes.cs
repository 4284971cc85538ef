using LastRef.Nt;

namespace LastRef;

/// <summary>Processes and threads.</summary>
public sealed partial class MachineSurvey
{
    private const byte Waiting = 5;
    private IReadOnlyList<SurveyedProcess>? _processes;
    private IReadOnlyList<SurveyedThread>? _threads;

    public IReadOnlyList<SurveyedProcess> Processes => _processes ??= ReadProcesses();

    /// <summary>Threads of all processes.</summary>
    public IReadOnlyList<SurveyedThread> Threads => _threads ??= ReadThreads();

    private List<SurveyedProcess> ReadProcesses()
    {
        if (Variable("PsActiveProcessHead", "the processes") is not { } head)
            return [];
        if (!Layout.TryGetField("_EPROCESS", "ActiveProcessLinks", out var links))
        {
            Gap("the processes: the layout of EPROCESS is not known (symbols of this kernel would tell it)");
            return [];
        }

        var walk = Walker.List<EProcess>(new ListEntry(Target, head), links.Offset, _options.ListLimit);
        NoteEnd("the list of processes", walk);
        var processes = new List<SurveyedProcess>(walk.Items.Count);
        foreach (var process in walk.Items)
        {
            if (Try("the process", process.Address, () => new SurveyedProcess(
                process.Address, process.UniqueProcessId.Value, HandleTableReader.ImageNameOf(process), process.ObjectTable?.Address ?? default)) is { } read)
                processes.Add(read);
        }

        return processes;
    }

    private List<SurveyedThread> ReadThreads()
    {
        var threads = new List<SurveyedThread>();
        if (!Layout.TryGetField("_ETHREAD", "ThreadListEntry", out var links))
        {
            Gap("the threads: the layout of ETHREAD is not known (symbols of this kernel would tell it)");
            return threads;
        }

        foreach (var process in Processes)
        {
            if (IsCancelled)
            {
                Gap("the threads: cut off on request");
                break;
            }

            if (Try("the threads of a process", process.Address, () =>
                Walker.List<EThread>(new EProcess(Target, process.Address).ThreadListHead, links.Offset, _options.ListLimit)) is not { } walk)
                continue;
            NoteEnd($"the threads of process {process.Id}", walk);
            foreach (var thread in walk.Items)
            {
                if (Try("the thread", thread.Address, () => ReadThread(thread, process)) is { } read)
                    threads.Add(read);
            }

            if (threads.Count < _options.ListLimit)
                continue;
            Gap($"the threads: stopped after {threads.Count}");
            break;
        }

        return threads;
    }

    private SurveyedThread ReadThread(EThread thread, SurveyedProcess process)
    {
        var tcb = thread.Tcb;
        var wait = VirtualAddress.Null;
        if (tcb.State == Waiting && tcb.WaitBlockList is { IsKernel: true } block && TryPointer(new KWaitBlock(Target, block).ObjectAddress, out var waited))
            wait = waited;
        return new SurveyedThread(
            thread.Address, process, thread.UniqueThread.Value, thread.StartAddress, tcb.State, tcb.WaitReason, tcb.KernelStack, tcb.StackBase,
            tcb.StackLimit, wait);
    }
}
