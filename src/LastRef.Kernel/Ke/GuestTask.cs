using System.Runtime.CompilerServices;

namespace LastRef.Kernel;

/// <summary>Work of the emulated kernel that may wait or call into a driver.</summary>
/// <remarks>
/// The machine has one processor and one host thread: continuations run when the scheduler gives the waiting guest thread
/// the processor again, never on the .NET thread pool.
/// </remarks>
[AsyncMethodBuilder(typeof(GuestTaskMethodBuilder))]
public class GuestTask : INotifyCompletion
{
    private Action? _continuation;
    private Exception? _failure;

    public static GuestTask CompletedTask { get; } = Done();

    public bool IsCompleted { get; private set; }

    public static GuestTask<T> FromResult<T>(T value)
    {
        var task = new GuestTask<T>();
        task.SetResult(value);
        return task;
    }

    public GuestTask GetAwaiter() => this;

    public void GetResult()
    {
        Invariant.Check(IsCompleted, "The result of a guest task was asked for before the task was complete.");
        if (_failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
    }

    public void OnCompleted(Action continuation)
    {
        Invariant.Check(_continuation is null, "A guest task has one awaiter.");
        if (IsCompleted)
            continuation();
        else
            _continuation = continuation;
    }

    /// <summary>Says what happens with a failure of work that nobody awaits.</summary>
    internal void WhenFailed(Action<Exception> handler) => OnCompleted(() =>
    {
        if (_failure is { } failure)
            handler(failure);
    });

    public void SetResult() => Complete(null);

    public void SetException(Exception failure) => Complete(failure);

    private void Complete(Exception? failure)
    {
        Invariant.Check(!IsCompleted, "A guest task completes once.");
        _failure = failure;
        IsCompleted = true;
        var continuation = _continuation;
        _continuation = null;
        continuation?.Invoke();
    }

    private static GuestTask Done()
    {
        var task = new GuestTask();
        task.SetResult();
        return task;
    }
}
