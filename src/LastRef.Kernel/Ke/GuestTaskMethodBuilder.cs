using System.Runtime.CompilerServices;

namespace LastRef.Kernel;

/// <summary>Lets the compiler make <c>async</c> methods that return <see cref="GuestTask"/>.</summary>
public readonly struct GuestTaskMethodBuilder
{
    private GuestTaskMethodBuilder(GuestTask task) => Task = task;

    public GuestTask Task { get; }

    public static GuestTaskMethodBuilder Create() => new(new GuestTask());

    public void Start<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine =>
        stateMachine.MoveNext();

    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Only the desktop compiler's debug pattern needed this; the boxed machine is captured by the continuation.
    }

    public void SetResult() => Task.SetResult();

    public void SetException(Exception exception) => Task.SetException(exception);

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine =>
        awaiter.OnCompleted(GuestTaskMethodBuilder<int>.Box(ref stateMachine));

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion where TStateMachine : IAsyncStateMachine =>
        AwaitOnCompleted(ref awaiter, ref stateMachine);
}
