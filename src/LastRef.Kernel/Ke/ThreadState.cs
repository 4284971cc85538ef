namespace LastRef.Kernel;

/// <summary>What the scheduler may do with a thread (the values are those of KTHREAD.State, KTHREAD_STATE in the WDK).</summary>
public enum ThreadState : byte
{
    Initialized = 0,
    Ready = 1,
    Running = 2,
    Standby = 3,
    Terminated = 4,
    Waiting = 5,
}
