namespace LastRef.Dumps;

/// <summary>The physical pages that a dump holds.</summary>
public interface IPhysicalMemory
{
    /// <summary>Pages in the dump.</summary>
    long PageCount { get; }

    /// <summary>One more than the highest page number that the machine had, as far as the dump tells.</summary>
    ulong PageLimit { get; }

    /// <summary>The pages by ascending number, neighbours together. Lazily read; a bitmap of 64 GB has up to millions.</summary>
    IEnumerable<PhysicalRun> Runs { get; }

    /// <summary>Reads <paramref name="buffer"/>.Length bytes; they may span pages.</summary>
    /// <param name="failure"><see cref="ReadFailure.NotInDump"/> when a page is not there.</param>
    bool TryRead(PhysicalAddress address, Span<byte> buffer, out ReadFailure failure);
}
