namespace LastRef;

/// <summary>A typed view of one kernel structure: a target and an address, nothing cached.</summary>
public interface INtView
{
    /// <summary>The memory that holds the structure.</summary>
    Target Target { get; }

    /// <summary>The structure's first byte.</summary>
    VirtualAddress Address { get; }
}

/// <summary>What every view struct offers for code that is generic over views.</summary>
/// <typeparam name="TSelf">The view itself.</typeparam>
public interface INtView<TSelf> : INtView
    where TSelf : struct, INtView<TSelf>
{
    /// <summary>The structure's name in the kernel's symbols.</summary>
    static abstract string TypeName { get; }

    /// <summary>The structure's size in bytes.</summary>
    static abstract int SizeOf(TypeLayout layout);

    /// <summary>The structure at an address; nothing is read.</summary>
    static abstract TSelf At(Target target, VirtualAddress address);
}
