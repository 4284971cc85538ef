namespace LastRef.Cpu;

/// <summary>What the translator made of an instruction.</summary>
internal enum Selection
{
    /// <summary>No micro-op of its own: the plain interpreter executes it.</summary>
    None,

    /// <summary>A micro-op.</summary>
    Inner,

    /// <summary>A micro-op that ends the block.</summary>
    End,

    /// <summary>It became one with the micro-op before it, which now ends the block.</summary>
    Fused,

    /// <summary>It does nothing but count.</summary>
    Nothing,
}
