namespace LastRef.Cpu;

/// <summary>Keeper of decoded code; a compiled tier would be a second one.</summary>
internal interface ICodeCache
{
    /// <summary>Code bytes of the frame changed, or the frame can no longer be executed at some address.</summary>
    void Invalidate(uint frame);
}
