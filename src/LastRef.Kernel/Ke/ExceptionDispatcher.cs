using LastRef.Cpu;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Kernel;

/// <summary>Structured exceptions: finds and runs handlers of driver functions, and unwinds to them.</summary>
/// <remarks>
/// Doc: "x64 exception handling", MSVC reference: the search calls each function's exception handler with the record, the frame, the
/// context and a dispatcher context; a handler that takes the exception unwinds to its frame, which calls the termination handlers between.
/// </remarks>
internal sealed class ExceptionDispatcher(NtKernel kernel)
{
    /// <summary>DISPATCHER_CONTEXT (winnt.h): ControlPc 0, ImageBase 8, FunctionEntry 10h, EstablisherFrame 18h, TargetIp 20h, ContextRecord 28h,
    /// LanguageHandler 30h, HandlerData 38h, HistoryTable 40h, ScopeIndex 48h.</summary>
    public const int ScopeIndexOffset = 0x48;

    public const int TargetIpOffset = 0x20;
    public const int HandlerDataOffset = 0x38;
    private const int DispatcherContextBytes = 0x50;
    private const int BlockBytes = StructuredException.Size + ContextRecord.Size + DispatcherContextBytes + 0x28;

    /// <summary>EXCEPTION_DISPOSITION.</summary>
    private const int ContinueExecution = 0;

    private const int ContinueSearch = 1;
    private const uint FramesLimit = 2048;

    /// <summary>Most exceptions of a run: a filter that lets a fault go on where it happened would fault for ever.</summary>
    private const int ExceptionsLimit = 100_000;

    private int _exceptions;

    private MutableTarget Memory => kernel.Memory;

    /// <summary>Dispatches an exception on the running thread, whose registers are where it happened.</summary>
    /// <remarks>Ends with the thread's registers changed to where it goes on, or with a bug check.</remarks>
    public async GuestTask Dispatch(KernelThread thread, StructuredException exception)
    {
        if (++_exceptions > ExceptionsLimit)
            throw MachineStopException.Unsupported(UnsupportedKind.Limit, $"more than {ExceptionsLimit:N0} exceptions");
        var trap = kernel.Processor.Registers;
        var recordAddress = Reserve(thread, trap.Rsp, exception);
        var contextAddress = recordAddress + (StructuredException.Size + 8);
        var dispatcher = contextAddress + ContextRecord.Size;
        exception.Write(Memory, recordAddress);
        ContextRecord.Write(Memory, contextAddress, ref trap);

        var walk = new FrameWalk(kernel, thread, trap);
        for (var frames = 0; !walk.AtEnd && frames < FramesLimit; frames++)
        {
            var scope = walk.ScopeIndex;
            var step = NextFrame(ref walk);
            if (!Handles(step, UnwindInfoOptions.ExceptionHandler))
                continue;
            var handler = WriteDispatcherContext(dispatcher, step, contextAddress, 0, scope);
            var disposition = await CallHandler(
                thread, trap, recordAddress, handler, step, contextAddress, dispatcher, GuestFrameKind.ExceptionHandler, null);
            if (disposition == ContinueExecution)
            {
                if ((exception.Flags & StructuredException.NonContinuable) != 0)
                    throw Unhandled(thread, exception with { Code = NtStatus.NoncontinuableException }, trap, recordAddress, contextAddress);
                ContextRecord.Read(Memory, contextAddress, ref trap);
                trap.Cr8 = kernel.Processor.Registers.Cr8;
                kernel.Processor.Registers = trap;
                return;
            }

            if (disposition != ContinueSearch)
                throw Unhandled(thread, exception with { Code = NtStatus.InvalidDisposition }, trap, recordAddress, contextAddress);
        }

        kernel.Processor.Registers = trap;
        throw Unhandled(thread, exception, trap, recordAddress, contextAddress);
    }

    /// <summary>Unwinds the running thread to a frame and goes on at an address in it; called by a kernel routine that does not return.</summary>
    /// <param name="targetFrame">Establisher frame of the target function.</param>
    /// <param name="recordAddress">The exception record that handlers get; null makes one with STATUS_UNWIND.</param>
    public async GuestTask Unwind(
        KernelThread thread, ulong targetFrame, ulong targetIp, VirtualAddress recordAddress, ulong returnValue)
    {
        var registers = kernel.Processor.Registers;
        var caller = registers;
        caller.Rip = Memory.ReadUInt64(new VirtualAddress(caller.Rsp));
        caller.Rsp += 8;
        var ownRecord = new StructuredException(NtStatus.Unwind, StructuredException.Unwinding, new VirtualAddress(caller.Rip), []);
        var block = Reserve(thread, registers.Rsp, ownRecord);
        if (recordAddress.IsNull)
        {
            ownRecord.Write(Memory, block);
            recordAddress = block;
        }

        var contextAddress = block + (StructuredException.Size + 8);
        var dispatcher = contextAddress + ContextRecord.Size;
        var walk = new FrameWalk(kernel, thread, caller);
        for (var frames = 0; !walk.AtEnd && frames < FramesLimit; frames++)
        {
            var here = walk.Registers;
            var scope = walk.ScopeIndex;
            var unwound = here;
            var step = kernel.Ke.Unwinder.Unwind(ref unwound);
            var atTarget = step.EstablisherFrame == targetFrame;
            if (Handles(step, UnwindInfoOptions.TerminationHandler))
            {
                var flags = Memory.ReadUInt32(recordAddress + StructuredException.FlagsOffset) & ~StructuredException.TargetUnwind;
                Memory.WriteUInt32(
                    recordAddress + StructuredException.FlagsOffset,
                    flags | StructuredException.Unwinding | (atTarget ? StructuredException.TargetUnwind : 0));
                ContextRecord.Write(Memory, contextAddress, ref here);
                var handler = WriteDispatcherContext(dispatcher, step, contextAddress, targetIp, scope);
                var disposition = await CallHandler(
                    thread, registers, block, handler, step, contextAddress, dispatcher, GuestFrameKind.UnwindHandler,
                    new UnwindProgress(here, walk.Frame, dispatcher), recordAddress);
                if (disposition != ContinueSearch)
                    throw Unhandled(thread, ownRecord with { Code = NtStatus.InvalidDisposition }, here, recordAddress, contextAddress);
            }

            if (atTarget)
            {
                Resume(thread, walk.Frame, here, targetIp, returnValue);
                return;
            }

            walk.MoveTo(unwound);
        }

        throw Unhandled(thread, ownRecord with { Code = NtStatus.InvalidUnwindTarget }, caller, recordAddress, contextAddress);
    }

    /// <summary>The thread goes on in the target function; everything that was called from it is gone.</summary>
    private void Resume(KernelThread thread, GuestFrame frame, CpuRegisters registers, ulong targetIp, ulong returnValue)
    {
        var irql = kernel.Processor.Registers.Cr8;
        thread.DropFramesAbove(frame);
        frame.PendingRoutine = null;
        registers.Rip = targetIp;
        registers.Rax = returnValue;
        registers.Cr8 = irql;
        kernel.Processor.Registers = registers;
        thread.ContextReplaced = true;
    }

    private UnwindStep NextFrame(ref FrameWalk walk)
    {
        try
        {
            return walk.Next();
        }
        catch (TargetReadException fault)
        {
            throw MachineStopException.BugCheck(
                0x1E, $"the stack cannot be walked for an exception handler: {fault.Address} is unreadable", NtStatus.BadStack.Code, walk.Registers.Rip);
        }
    }

    private static bool Handles(UnwindStep step, UnwindInfoOptions kind) =>
        step.CanHandle && step.Entry.Root is { Handler: not null } root && (root.Options & kind) != 0;

    /// <summary>Room for the records below the stack pointer.</summary>
    private VirtualAddress Reserve(KernelThread thread, ulong rsp, StructuredException exception)
    {
        var address = new VirtualAddress((rsp - BlockBytes) & ~0xFUL);
        if (address < thread.StackLimit && rsp <= thread.StackBase.Value)
            throw kernel.Ke.StackOverflow(address, exception.Address.Value);
        return address;
    }

    private VirtualAddress WriteDispatcherContext(
        VirtualAddress dispatcher, UnwindStep step, VirtualAddress contextAddress, ulong targetIp, uint scope)
    {
        var image = step.Entry.Image!;
        var root = step.Entry.Root!;
        var handler = image.Base + root.Handler!.Value.Value;
        Memory.WriteUInt64(dispatcher, step.ControlPc);
        Memory.WritePointer(dispatcher + 8, image.Base);
        Memory.WritePointer(dispatcher + 0x10, kernel.Ke.FunctionEntryAddress(step.Entry));
        Memory.WriteUInt64(dispatcher + 0x18, step.EstablisherFrame);
        Memory.WriteUInt64(dispatcher + TargetIpOffset, targetIp);
        Memory.WritePointer(dispatcher + 0x28, contextAddress);
        Memory.WritePointer(dispatcher + 0x30, handler);
        Memory.WritePointer(dispatcher + HandlerDataOffset, image.Base + step.Entry.RootInfo.Value + root.HandlerDataOffset!.Value);
        Memory.WriteUInt64(dispatcher + 0x40, 0);
        Memory.WriteUInt64(dispatcher + ScopeIndexOffset, scope);
        return handler;
    }

    private async GuestTask<int> CallHandler(
        KernelThread thread, CpuRegisters saved, VirtualAddress block, VirtualAddress handler, UnwindStep step, VirtualAddress context,
        VirtualAddress dispatcher, GuestFrameKind kind, UnwindProgress? progress, VirtualAddress? record = null)
    {
        var result = await thread.CallHandler(
            handler, block.Value, saved, kind, progress, (record ?? block).Value, step.EstablisherFrame, context.Value, dispatcher.Value);
        return (int)result;
    }

    /// <summary>Nobody handled it: the bug check that Windows' own outermost handler ends in.</summary>
    private MachineStopException Unhandled(
        KernelThread thread, StructuredException exception, in CpuRegisters trap, VirtualAddress recordAddress, VirtualAddress contextAddress)
    {
        var at = kernel.Images.SiteOf(exception.Address);
        var text = $"unhandled exception {exception.Code} at {at}{Detail(exception)}";
        var (first, second) = (Parameter(exception, 0), Parameter(exception, 1));

        // Doc: bug checks 0x1E, 0x3B and 0x7E: no thread to blame, a system call, a system thread.
        if (kernel.Ke.CurrentIrql >= Irql.Dispatch)
            return MachineStopException.BugCheck(0x1E, text, exception.Code.Code, exception.Address.Value, first, second);
        return thread.PreviousModeIsUser
            ? MachineStopException.BugCheck(0x3B, text, exception.Code.Code, exception.Address.Value, contextAddress.Value)
            : MachineStopException.BugCheck(
                0x7E, text, unchecked((ulong)exception.Code.Value), exception.Address.Value, recordAddress.Value, contextAddress.Value);
    }

    private static ulong Parameter(StructuredException exception, int index) => index < exception.Parameters.Count ? exception.Parameters[index] : 0;

    private static string Detail(StructuredException exception)
    {
        if (exception.Code == NtStatus.Breakpoint)
            return " (a breakpoint, and no debugger is attached)";
        if (exception.Code != NtStatus.AccessViolation || exception.Parameters.Count < 2)
            return "";
        var verb = (AccessKind)exception.Parameters[0] switch { AccessKind.Read => "reading", AccessKind.Write => "writing", _ => "executing" };
        return exception.Parameters[1] == ulong.MaxValue ? " (an address that is not canonical)" : $" ({verb} {new VirtualAddress(exception.Parameters[1])})";
    }
}
