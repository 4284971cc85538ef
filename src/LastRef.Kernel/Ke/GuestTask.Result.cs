using System.Runtime.CompilerServices;

namespace LastRef.Kernel;

/// <summary>A <see cref="GuestTask"/> with a result.</summary>
[AsyncMethodBuilder(typeof(GuestTaskMethodBuilder<>))]
public sealed class GuestTask<T> : GuestTask
{
    private T? _result;

    public new GuestTask<T> GetAwaiter() => this;

    public new T GetResult()
    {
        base.GetResult();
        return _result!;
    }

    public void SetResult(T result)
    {
        _result = result;
        SetResult();
    }
}
