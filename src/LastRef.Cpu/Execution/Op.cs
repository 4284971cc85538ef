namespace LastRef.Cpu;

/// <summary>Operations of <see cref="MicroOp"/>.</summary>
internal enum Op : ushort
{
    /// <summary>The block is invalid: look this instruction up anew.</summary>
    Resync,

    /// <summary>Any instruction, through <see cref="Processor.Execute"/>.</summary>
    Generic,

    /// <summary>The same at the end of a block, because it may branch.</summary>
    GenericEnd,

    /// <summary>Goes on in the next block; stands for no instruction.</summary>
    Continue,

    /// <summary>Calls <see cref="IProcessorHost.OnThunk"/>.</summary>
    Thunk,
}
