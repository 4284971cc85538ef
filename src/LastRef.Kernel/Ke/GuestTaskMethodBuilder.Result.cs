using System.Runtime.CompilerServices;

namespace LastRef.Kernel;

/// <summary>Lets the compiler make <c>async</c> methods that return <see cref="GuestTask{T}"/>.</summary>
public readonly struct GuestTaskMethodBuilder<T>
{
    private GuestTaskMethodBuilder(GuestTask<T> task) => Task = task;

    public GuestTask<T> Task { get; }

#pragma warning disable CA1000 // The compiler asks for this static member on the generic type.
    public static GuestTaskMethodBuilder<T> Create() => new(new GuestTask<T>());
#pragma warning restore CA1000

    public void Start<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine =>
        stateMachine.MoveNext();

    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // See GuestTaskMethodBuilder.
    }

    public void SetResult(T result) => Task.SetResult(result);

    public void SetException(Exception exception) => Task.SetException(exception);

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine =>
        awaiter.OnCompleted(Box(ref stateMachine));

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion where TStateMachine : IAsyncStateMachine =>
        AwaitOnCompleted(ref awaiter, ref stateMachine);

    /// <summary>A continuation that resumes the state machine; the machine is boxed once and lives with the delegate.</summary>
    internal static Action Box<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine
    {
        IAsyncStateMachine box = stateMachine;
        return box.MoveNext;
    }
}
