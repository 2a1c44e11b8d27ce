using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Switchboard.ServiceDefaults.Health;

/// <summary>
/// Answers in time, whatever the check does. One that hangs (in a connect, or while a client is made, which no token
/// reaches) goes on alone, and while it does no second one is started: probes that come each second must not pile up.
/// </summary>
internal sealed class BoundedHealthCheck(
    Func<IServiceProvider, IHealthCheck> factory, IServiceScopeFactory scopes, TimeSpan timeout, TimeProvider time) : IHealthCheck
{
    private readonly Lock _starting = new();
    private Task<HealthCheckResult> _running = Task.FromResult(HealthCheckResult.Healthy());

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Task<HealthCheckResult> running;
        lock (_starting)
        {
            if (_running.IsCompleted)
                _running = Task.Run(() => RunAsync(context), CancellationToken.None);
            running = _running;
        }

        try
        {
            return await running.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus, $"No answer within {timeout.TotalSeconds:0.#} s.", e);
        }
    }

    // A scope of its own: the request that started it may be answered before it ends.
    // Never throws, so that a run that nobody waits for any more leaves no unobserved exception.
    private async Task<HealthCheckResult> RunAsync(HealthCheckContext context)
    {
        await using var scope = scopes.CreateAsyncScope();
        using var deadline = new CancellationTokenSource(timeout, time);
        try
        {
            return await factory(scope.ServiceProvider).CheckHealthAsync(context, deadline.Token);
        }
        catch (Exception e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message, e);
        }
    }
}
