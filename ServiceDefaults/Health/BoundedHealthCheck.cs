using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Switchboard.ServiceDefaults.Health;

/// <summary>
/// Answers in time, whatever the check does. One that hangs (in a connect, or while a client is made, which no token
/// reaches) goes on alone, and while it does no second one is started: probes that come each second must not pile up.
/// <para>
/// It logs a change, not every probe. Until a check has succeeded once the process is starting and its probes wait for what is not
/// ready yet, which is no error; a check that fails after that is a warning once, and its recovery is said too.
/// </para>
/// </summary>
internal sealed partial class BoundedHealthCheck(
    Func<IServiceProvider, IHealthCheck> factory,
    IServiceScopeFactory scopes,
    TimeSpan timeout,
    TimeProvider timeProvider,
    ILogger<BoundedHealthCheck> logger) : IHealthCheck
{
    private readonly Lock _starting = new();
    private Task<HealthCheckResult> _running = Task.FromResult(HealthCheckResult.Healthy());
    private bool? _wasHealthy;
    private bool _hasBeenHealthy;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Task<HealthCheckResult> running;
        lock (_starting)
        {
            if (_running.IsCompleted)
                _running = Task.Run(() => RunAsync(context), CancellationToken.None);
            running = _running;
        }

        HealthCheckResult result;
        try
        {
            result = await running.WaitAsync(timeout, timeProvider, cancellationToken);
        }
        catch (TimeoutException e)
        {
            result = new(context.Registration.FailureStatus, $"No answer within {timeout.TotalSeconds:0.#} s.", e);
        }

        LogChange(context.Registration.Name, result);
        return result;
    }

    // A separate scope: the request that started it may be answered before it ends.
    // Never throws, so that a run that nobody waits for any more leaves no unobserved exception.
    private async Task<HealthCheckResult> RunAsync(HealthCheckContext context)
    {
        await using var scope = scopes.CreateAsyncScope();
        using var deadline = new CancellationTokenSource(timeout, timeProvider);
        try
        {
            return await factory(scope.ServiceProvider).CheckHealthAsync(context, deadline.Token);
        }
        catch (Exception e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message, e);
        }
    }

    private void LogChange(string name, HealthCheckResult result)
    {
        var isHealthy = result.Status == HealthStatus.Healthy;
        var reason = result.Description ?? result.Exception?.Message ?? result.Status.ToString();
        lock (_starting)
        {
            if (_wasHealthy == isHealthy)
                return;
            if (!isHealthy)
                Log.Failed(logger, _hasBeenHealthy ? LogLevel.Warning : LogLevel.Information, name, reason);
            else if (_wasHealthy is false)
                Log.Passed(logger, name);
            _wasHealthy = isHealthy;
            _hasBeenHealthy |= isHealthy;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "Health check {Name} fails: {Reason}")]
        public static partial void Failed(ILogger logger, LogLevel level, string name, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "Health check {Name} passes")]
        public static partial void Passed(ILogger logger, string name);
    }
}
