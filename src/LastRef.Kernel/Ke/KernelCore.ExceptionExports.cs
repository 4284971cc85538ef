using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Structured exception handling as compilers and drivers call it.</summary>
internal sealed partial class KernelCore
{
    private const int HandlerExecutes = 1;
    private const int ScopeBytes = 16;

    /// <summary>The handler of functions with __try: runs filters in the search, termination handlers in the unwind.</summary>
    /// <remarks>Scope table: a count, then begin, end, handler and jump target as RVAs; a jump target of 0 marks __finally.</remarks>
    [KernelExport("ntoskrnl.exe", Name = "__C_specific_handler", Doc = "x64 exception handling, MSVC reference: language-specific handler, C scope table")]
    internal async GuestTask<int> CSpecificHandler(
        VirtualAddress exceptionRecord, ulong establisherFrame, VirtualAddress contextRecord, VirtualAddress dispatcherContext)
    {
        const int continueExecution = 0, continueSearch = 1;
        var thread = _kernel.CurrentThread;
        var flags = Memory.ReadUInt32(exceptionRecord + StructuredException.FlagsOffset);
        var imageBase = Memory.ReadPointer(dispatcherContext + 8);
        var pc = (uint)(Memory.ReadUInt64(dispatcherContext) - imageBase.Value);
        var target = (uint)(Memory.ReadUInt64(dispatcherContext + ExceptionDispatcher.TargetIpOffset) - imageBase.Value);
        var table = Memory.ReadPointer(dispatcherContext + ExceptionDispatcher.HandlerDataOffset);
        var count = Memory.ReadUInt32(table);
        var isTarget = (flags & StructuredException.TargetUnwind) != 0;
        for (var i = Memory.ReadUInt32(dispatcherContext + ExceptionDispatcher.ScopeIndexOffset); i < count; i++)
        {
            var scope = ReadScope(table, i);
            if (pc < scope.Begin || pc >= scope.End)
                continue;
            if ((flags & (StructuredException.Unwinding | StructuredException.ExitUnwind)) != 0)
            {
                if (isTarget && IsInside(table, count, scope, target))
                    return continueSearch;
                if (scope.JumpTarget != 0)
                {
                    if (isTarget && target == scope.JumpTarget)
                        return continueSearch;
                    continue;
                }

                Memory.WriteUInt32(dispatcherContext + ExceptionDispatcher.ScopeIndexOffset, i + 1);
                await thread.Call(imageBase + scope.Handler, 1, establisherFrame);
            }
            else if (scope.JumpTarget != 0)
            {
                var decision = scope.Handler == HandlerExecutes
                    ? HandlerExecutes
                    : await CallFilter(thread, imageBase + scope.Handler, exceptionRecord, contextRecord, establisherFrame);
                if (decision < 0)
                    return continueExecution;
                if (decision > 0)
                {
                    await Exceptions.Unwind(
                        thread, establisherFrame, (imageBase + scope.JumpTarget).Value, exceptionRecord, Memory.ReadUInt32(exceptionRecord));
                    return continueSearch;
                }
            }
        }

        return continueSearch;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlUnwindEx, Win32 reference", Missing = "an exit unwind, without a target frame")]
    internal GuestTask RtlUnwindEx(
        ulong targetFrame, ulong targetIp, VirtualAddress exceptionRecord, ulong returnValue, VirtualAddress originalContext, VirtualAddress historyTable)
    {
        if (targetFrame == 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "RtlUnwindEx without a target frame");
        return Exceptions.Unwind(_kernel.CurrentThread, targetFrame, targetIp, exceptionRecord, returnValue);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlUnwind, Win32 reference", Missing = "an exit unwind, without a target frame")]
    internal GuestTask RtlUnwind(ulong targetFrame, ulong targetIp, VirtualAddress exceptionRecord, ulong returnValue) =>
        RtlUnwindEx(targetFrame, targetIp, exceptionRecord, returnValue, VirtualAddress.Null, VirtualAddress.Null);

    /// <summary>Leaves a __try block by a jump, running the __finally blocks between.</summary>
    [KernelExport("ntoskrnl.exe", Name = "_local_unwind", Doc = "_local_unwind: RtlUnwind with a frame and a target in it, compiler support routine")]
    internal GuestTask LocalUnwind(ulong frame, ulong targetIp) =>
        Exceptions.Unwind(_kernel.CurrentThread, frame, targetIp, VirtualAddress.Null, 0);

    /// <summary>Raises an exception that the driver described; execution may continue behind the call.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlRaiseException, Win32 reference (RaiseException)")]
    internal void RtlRaiseException(VirtualAddress exceptionRecord)
    {
        var record = StructuredException.Read(Memory, exceptionRecord);
        throw new GuestRaisedException(record.Code, [.. record.Parameters]) { Flags = record.Flags & StructuredException.NonContinuable };
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExRaiseStatus, WDK reference")]
    internal void ExRaiseStatus(NtStatus status) => throw new GuestRaisedException(status);

    [KernelExport("ntoskrnl.exe", Doc = "ExRaiseAccessViolation, WDK reference")]
    internal void ExRaiseAccessViolation() => throw new GuestRaisedException(NtStatus.AccessViolation);

    [KernelExport("ntoskrnl.exe", Doc = "ExRaiseDatatypeMisalignment, WDK reference")]
    internal void ExRaiseDatatypeMisalignment() => throw new GuestRaisedException(NtStatus.DatatypeMisalignment);

    [KernelExport("ntoskrnl.exe", Doc = "RtlRaiseStatus: ExRaiseStatus under its run-time library name")]
    internal void RtlRaiseStatus(NtStatus status) => throw new GuestRaisedException(status);

    /// <returns>The function's entry in .pdata; null for a leaf function and outside images.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlLookupFunctionEntry, Win32 reference")]
    internal VirtualAddress RtlLookupFunctionEntry(ulong controlPc, VirtualAddress imageBase, VirtualAddress historyTable)
    {
        var entry = Unwinder.EntryAt(controlPc);
        Memory.WritePointer(imageBase, entry.Image?.Base ?? VirtualAddress.Null);
        return FunctionEntryAddress(entry);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlVirtualUnwind, Win32 reference")]
    internal VirtualAddress RtlVirtualUnwind(
        uint handlerType, VirtualAddress imageBase, ulong controlPc, VirtualAddress functionEntry, VirtualAddress contextRecord,
        VirtualAddress handlerData, VirtualAddress establisherFrame, VirtualAddress contextPointers)
    {
        var registers = _kernel.Processor.Registers;
        ContextRecord.Read(Memory, contextRecord, ref registers);
        registers.Rip = controlPc;
        var step = Unwinder.Unwind(ref registers);
        ContextRecord.Write(Memory, contextRecord, ref registers);
        Memory.WriteUInt64(establisherFrame, step.EstablisherFrame);
        if (!step.CanHandle || step.Entry.Root is not { Handler: { } handler } root || ((uint)root.Options & handlerType) == 0)
            return VirtualAddress.Null;
        Memory.WritePointer(handlerData, step.Entry.Image!.Base + step.Entry.RootInfo.Value + root.HandlerDataOffset!.Value);
        return step.Entry.Image.Base + handler.Value;
    }

    /// <summary>The caller's registers, as they are when the routine has returned.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlCaptureContext, Win32 reference")]
    internal void RtlCaptureContext(VirtualAddress contextRecord)
    {
        var registers = CallerRegisters();
        ContextRecord.Write(Memory, contextRecord, ref registers);
    }

    /// <summary>Return addresses on the stack, innermost first; frames of the kernel itself are not among them.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlCaptureStackBackTrace, WDK reference")]
    internal ushort RtlCaptureStackBackTrace(uint framesToSkip, uint framesToCapture, VirtualAddress backTrace, VirtualAddress backTraceHash)
    {
        var written = CaptureStack((int)framesToSkip, (int)Math.Min(framesToCapture, ushort.MaxValue), backTrace, out var hash);
        if (!backTraceHash.IsNull)
            Memory.WriteUInt32(backTraceHash, hash);
        return (ushort)written;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlWalkFrameChain: RtlCaptureStackBackTrace without skipping or a hash; flag 1 asks for user frames, of which there are none")]
    internal uint RtlWalkFrameChain(VirtualAddress callers, uint count, uint flags) =>
        (flags & 1) != 0 ? 0 : (uint)CaptureStack((int)((flags >> 8) & 0xFF), (int)Math.Min(count, ushort.MaxValue), callers, out _);

    [KernelExport("ntoskrnl.exe", Doc = "RtlPcToFileHeader, Win32 reference")]
    internal VirtualAddress RtlPcToFileHeader(VirtualAddress pcValue, VirtualAddress baseOfImage)
    {
        var found = _kernel.Images.ImageAt(pcValue)?.Base ?? VirtualAddress.Null;
        Memory.WritePointer(baseOfImage, found);
        return found;
    }

    /// <summary>The RUNTIME_FUNCTION in target memory; null for a leaf function.</summary>
    public VirtualAddress FunctionEntryAddress(FunctionEntry entry)
    {
        if (entry is not { Image: { Pe: { ExceptionTable: { } table } pe } image, Function: { } function })
            return VirtualAddress.Null;
        var (low, high) = (0, pe.RuntimeFunctions.Count - 1);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (pe.RuntimeFunctions[middle].Begin < function.Begin)
                low = middle + 1;
            else
                high = middle;
        }

        return image.Base + table.Value + (ulong)(low * Symbols.RuntimeFunction.Size);
    }

    private async GuestTask<int> CallFilter(
        KernelThread thread, VirtualAddress filter, VirtualAddress exceptionRecord, VirtualAddress contextRecord, ulong establisherFrame)
    {
        // EXCEPTION_POINTERS lies in the home space of the handler's own four arguments, which the handler owns.
        var pointers = new VirtualAddress(_kernel.Processor.Registers.Rsp + 8);
        Memory.WritePointer(pointers, exceptionRecord);
        Memory.WritePointer(pointers + 8, contextRecord);
        return (int)await thread.Call(filter, pointers.Value, establisherFrame);
    }

    private (uint Begin, uint End, uint Handler, uint JumpTarget) ReadScope(VirtualAddress table, uint index)
    {
        var entry = table + (4 + (index * (ulong)ScopeBytes));
        return (Memory.ReadUInt32(entry), Memory.ReadUInt32(entry + 4), Memory.ReadUInt32(entry + 8), Memory.ReadUInt32(entry + 12));
    }

    /// <summary>Whether the target of an unwind lies in the same __try block, which is then not left.</summary>
    private bool IsInside(VirtualAddress table, uint count, (uint Begin, uint End, uint Handler, uint JumpTarget) scope, uint target)
    {
        for (var i = 0U; i < count; i++)
        {
            var other = ReadScope(table, i);
            if (target >= other.Begin && target < other.End && other.JumpTarget == scope.JumpTarget && other.Handler == scope.Handler)
                return true;
        }

        return false;
    }

    private CpuRegisters CallerRegisters()
    {
        var registers = _kernel.Processor.Registers;
        registers.Rip = Memory.ReadUInt64(new VirtualAddress(registers.Rsp));
        registers.Rsp += 8;
        return registers;
    }

    private int CaptureStack(int skip, int limit, VirtualAddress addresses, out uint hash)
    {
        hash = 0;
        var written = 0;
        var walk = new FrameWalk(_kernel, _kernel.CurrentThread, CallerRegisters());
        for (var i = 0; !walk.AtEnd && written < limit; i++)
        {
            if (i >= skip)
            {
                Memory.WriteUInt64(addresses + (8 * written++), walk.Registers.Rip);
                hash += (uint)walk.Registers.Rip;
            }

            walk.Next();
        }

        return written;
    }
}
