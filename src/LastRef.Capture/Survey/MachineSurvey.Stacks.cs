using System.Runtime.InteropServices;
using LastRef.Nt;

namespace LastRef;

/// <summary>Kernel stacks: which threads have code of an image on theirs.</summary>
public sealed partial class MachineSurvey
{
    private const int MostFrames = 32;
    private const int MostUnwound = 256;
    private const int MostRequests = 8;

    // KSWITCH_FRAME, which lies at KTHREAD.KernelStack of a thread that gave up the processor (ksamd64.inc of the WDK).
    private const int SwitchFrameRbp = 0x30;
    private const int SwitchFrameReturn = 0x38;
    private const int SwitchFrameBytes = 0x40;

    private ImageUnwinder? _unwinder;
    private Dictionary<VirtualAddress, VirtualAddress>? _contexts;

    private ImageUnwinder Unwinder => _unwinder ??= new ImageUnwinder(Target, Modules);

    /// <summary>Threads with code of an image on their kernel stacks.</summary>
    /// <remarks>
    /// A stack in which no value points into the image is left alone. The others are unwound by the exception directories of the images,
    /// as far as those are in the dump. Where that leads to no frame in the image, the values themselves are possible frames: one may
    /// be left over from an earlier call.
    /// </remarks>
    public IReadOnlyList<CapturedStack> StacksIn(VirtualAddress imageBase, uint imageBytes)
    {
        var stacks = new List<CapturedStack>();
        if (imageBase.IsNull || imageBytes == 0)
            return stacks;
        var buffer = new byte[_options.StackBytes];
        foreach (var thread in Threads)
        {
            if (IsCancelled)
            {
                Gap("the kernel stacks: cut off on request");
                break;
            }

            var low = RunningContexts.TryGetValue(thread.Address, out var context) && TryPointer(context + ContextRsp, out var rsp) ? rsp : thread.KernelStack;
            if (!low.IsKernel || low < thread.StackLimit || low >= thread.StackBase)
                continue;
            var count = (int)Math.Min(thread.StackBase - low, (ulong)buffer.Length) & ~7;
            if (!Target.TryRead(low, buffer.AsSpan(0, count), out _))
                count = ReadPages(low, buffer, count);
            var values = MemoryMarshal.Cast<byte, ulong>(buffer.AsSpan(0, count));
            var possible = new List<VirtualAddress>();
            foreach (var value in values)
            {
                if (value - imageBase.Value < imageBytes && possible.Count < MostFrames)
                    possible.Add(new VirtualAddress(value));
            }

            var unwound = possible.Count > 0 || RunningThreads.Contains(thread.Address) ? Unwind(thread, imageBase, imageBytes) : [];
            if (possible.Count == 0 && unwound.Count == 0)
                continue;
            stacks.Add(new CapturedStack(
                thread.Address, thread.Process.Name, thread.Process.Id, unwound.Count > 0 ? unwound : possible, unwound.Count > 0, thread.WaitObject)
            {
                Functions = [.. unwound.Select(frame => Unwinder.FunctionAt(frame - 1)?.Begin ?? default).Where(begin => !begin.IsNull)],
                Requests = RequestsAmong(values),
            });
        }

        return stacks;
    }

    /// <summary>Frames in an image, innermost first, by unwinding; empty when unwinding leads to none.</summary>
    private List<VirtualAddress> Unwind(SurveyedThread thread, VirtualAddress imageBase, uint imageBytes)
    {
        var frames = new List<VirtualAddress>();
        foreach (var frame in Unwind(thread))
        {
            if (frame - imageBase < imageBytes && frames.Count < MostFrames)
                frames.Add(frame);
        }

        return frames;
    }

    /// <summary>All frames of a thread, innermost first, as far as the exception directories of the images lead.</summary>
    private IEnumerable<VirtualAddress> Unwind(SurveyedThread thread)
    {
        if (StartOf(thread) is not { } registers)
            yield break;
        for (var depth = 0; depth < MostUnwound; depth++)
        {
            yield return registers.Rip;
            var before = registers.Rsp;
            if (!Unwinder.TryUnwind(registers) || registers.Rsp <= before || registers.Rsp > thread.StackBase)
                break;
        }
    }

    /// <summary>Where a thread stands: the processor's registers when it had one, else what it left on its stack; null when neither can be read.</summary>
    private UnwindRegisters? StartOf(SurveyedThread thread)
    {
        var registers = new UnwindRegisters();
        if (RunningContexts.TryGetValue(thread.Address, out var context))
        {
            for (var i = 0; i < 16; i++)
            {
                if (!TryPointer(context + (ContextRax + (8 * i)), out var value))
                    return null;
                registers.Gpr[i] = value.Value;
            }

            if (!TryPointer(context + ContextRip, out var rip))
                return null;
            registers.Rip = rip;
            return registers;
        }

        var frame = thread.KernelStack;
        if (frame < thread.StackLimit || frame >= thread.StackBase || !TryPointer(frame + SwitchFrameReturn, out var code) || !TryPointer(frame + SwitchFrameRbp, out var rbp))
            return null;
        registers.Rip = code;
        registers.Rsp = frame + SwitchFrameBytes;
        registers.Gpr[5] = rbp.Value;
        return registers;
    }

    // CONTEXT of x64 (winnt.h).
    private const int ContextRax = 0x78;
    private const int ContextRsp = 0x98;
    private const int ContextRip = 0xF8;

    /// <summary>The CONTEXT of each processor, by the thread that had it.</summary>
    private Dictionary<VirtualAddress, VirtualAddress> RunningContexts
    {
        get
        {
            if (_contexts is not null)
                return _contexts;
            _contexts = [];
            if (!Layout.TryGetField("_KPRCB", "CurrentThread", out var current) || !Layout.TryGetField("_KPRCB", "ProcessorState.ContextFrame", out var frame))
                return _contexts;
            foreach (var processor in Processors)
            {
                if (TryPointer(processor + current.Offset, out var thread) && TryPointer(processor + (frame.Offset + ContextRip), out var rip) && rip.IsKernel)
                    _contexts[thread] = processor + frame.Offset;
            }

            return _contexts;
        }
    }

    private List<VirtualAddress> RequestsAmong(ReadOnlySpan<ulong> values)
    {
        var requests = new List<VirtualAddress>();
        foreach (var value in values)
        {
            var address = new VirtualAddress(value);
            if ((value & 0xF) == 0 && address.IsKernel && requests.Count < MostRequests && !requests.Contains(address) && IsIrp(address))
                requests.Add(address);
        }

        return requests;
    }

    /// <summary>As many bytes as can be read from the low end; a stack that was swapped out has none.</summary>
    private int ReadPages(VirtualAddress low, byte[] buffer, int count)
    {
        var read = 0;
        while (read < count)
        {
            var step = Math.Min(count - read, 0x1000 - (int)((low + read).Value & 0xFFF));
            if (!Target.TryRead(low + read, buffer.AsSpan(read, step), out _))
                break;
            read += step;
        }

        return read;
    }
}
