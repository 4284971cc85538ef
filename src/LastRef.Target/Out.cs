using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LastRef;

/// <summary>A pointer through which a kernel routine hands something back.</summary>
/// <typeparam name="T">An integer, an enum, <see cref="VirtualAddress"/>, <see cref="NtStatus"/> and the like, or a view: then a pointer to the structure is stored.</typeparam>
/// <param name="Address">Where the value goes; writing to a bad one throws, which the machine turns into a fault of the caller.</param>
public readonly record struct Out<T>(VirtualAddress Address) where T : struct
{
    /// <summary>True when the caller passed no pointer.</summary>
    public bool IsNull => Address.IsNull;

    /// <summary>Stores the value, or the address of the structure.</summary>
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public void Set(MutableTarget memory, T value)
    {
        if (value is INtView view)
        {
            memory.WritePointer(Address, view.Address);
            return;
        }

        Invariant.Check(!RuntimeHelpers.IsReferenceOrContainsReferences<T>(), $"{typeof(T)} has no form in memory");
        memory.Write(Address, MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref value), Unsafe.SizeOf<T>()));
    }

    /// <summary>Stores the address of the structure, or a null pointer; for views only.</summary>
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public void Set(MutableTarget memory, T? view)
    {
        Invariant.Check(default(T) is INtView, $"{typeof(T)} has no null");
        Set(memory, view.GetValueOrDefault());
    }

    /// <summary>Stores a null pointer, or zero bytes of the value's width.</summary>
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public void Clear(MutableTarget memory) => Set(memory, default);

    /// <summary>Stores unless the caller passed no pointer.</summary>
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public void SetIfGiven(MutableTarget memory, T value)
    {
        if (!IsNull)
            Set(memory, value);
    }
}
