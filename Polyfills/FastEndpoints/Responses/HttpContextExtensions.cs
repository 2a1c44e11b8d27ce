using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>What processors need of an exchange.</summary>
public static class HttpContextExtensions
{
    /// <summary>The service, or null.</summary>
    public static TService? TryResolve<TService>(this HttpContext httpCtx) where TService : class
        => ServiceResolver.Instance.TryResolve<TService>();

    /// <summary>The service, or null.</summary>
    public static object? TryResolve(this HttpContext httpCtx, Type typeOfService) => ServiceResolver.Instance.TryResolve(typeOfService);

    /// <summary>The service.</summary>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    public static TService Resolve<TService>(this HttpContext httpCtx) where TService : class
        => ServiceResolver.Instance.Resolve<TService>();

    /// <summary>The service.</summary>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    public static object Resolve(this HttpContext httpCtx, Type typeOfService) => ServiceResolver.Instance.Resolve(typeOfService);

    /// <summary>Says that the answer has begun, before its first byte has left.</summary>
    public static void MarkResponseStart(this HttpContext httpCtx) => httpCtx.Items[ItemKeys.ResponseStarted] = null;

    /// <summary>Whether the answer has begun.</summary>
    public static bool ResponseStarted(this HttpContext httpCtx)
        => httpCtx.Response.HasStarted || httpCtx.Items.ContainsKey(ItemKeys.ResponseStarted);

    /// <summary>The state that the processors and the handler of one request share; made when first asked for.</summary>
    /// <typeparam name="TState">Its type: one a request.</typeparam>
    /// <exception cref="InvalidOperationException">Another type was asked for before.</exception>
    public static TState ProcessorState<TState>(this HttpContext httpCtx) where TState : class, new()
    {
        if (!httpCtx.Items.TryGetValue(ItemKeys.ProcessorState, out var found))
            httpCtx.Items[ItemKeys.ProcessorState] = found = new TState();

        return found as TState
            ?? throw new InvalidOperationException($"A request has one type of processor state: it is [{found?.GetType().Name}], not [{typeof(TState).Name}].");
    }
}
