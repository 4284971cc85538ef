using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LastRef.Cpu;

/// <summary>Vectors lane by lane, the same on every host.</summary>
internal static class Lanes
{
    public static Vector128<byte> Map<T>(Vector128<byte> a, Vector128<byte> b, Func<T, T, T> f)
        where T : unmanaged
    {
        Vector128<T> x = a.As<byte, T>(), y = b.As<byte, T>(), r = default;
        for (int n = 0; n < Vector128<T>.Count; n++)
            r = r.WithElement(n, f(x[n], y[n]));
        return r.AsByte();
    }

    public static Vector128<byte> Map<T>(Vector128<byte> a, Func<T, T> f)
        where T : unmanaged
    {
        Vector128<T> x = a.As<byte, T>(), r = default;
        for (int n = 0; n < Vector128<T>.Count; n++)
            r = r.WithElement(n, f(x[n]));
        return r.AsByte();
    }

    /// <summary>Lane n of the result is made from n and the given state. Functions are static, so nothing is allocated.</summary>
    public static Vector128<byte> Make<TState, T>(TState state, Func<TState, int, T> f)
        where T : unmanaged
    {
        Vector128<T> r = default;
        for (int n = 0; n < Vector128<T>.Count; n++)
            r = r.WithElement(n, f(state, n));
        return r.AsByte();
    }

    public static T Lane<T>(this Vector128<byte> v, int n)
        where T : unmanaged => v.As<byte, T>().GetElement(n);

    public static Vector128<byte> With<T>(this Vector128<byte> v, int n, T value)
        where T : unmanaged => v.As<byte, T>().WithElement(n, value).AsByte();
}
