using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Sends each request through a resilience pipeline.</summary>
public class ResilienceHandler : DelegatingHandler
{
    private readonly Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> _pipelineOf;

    /// <summary>Chooses the pipeline by the request.</summary>
    public ResilienceHandler(Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> pipelineProvider)
    {
        ArgumentNullException.ThrowIfNull(pipelineProvider);
        _pipelineOf = pipelineProvider;
    }

    /// <summary>One pipeline for every request.</summary>
    public ResilienceHandler(ResiliencePipeline<HttpResponseMessage> pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        _pipelineOf = _ => pipeline;
    }

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var pipeline = _pipelineOf(request);
        var (given, context) = Enter(request, cancellationToken);
        try
        {
            // Outcomes rather than exceptions: a failed attempt is thrown once, at the end, not at every strategy.
            var outcome = await pipeline.ExecuteOutcomeAsync(
                static (context, state) => state.Handler.AttemptAsync(state.Request, context),
                context,
                (Handler: this, Request: request)).ConfigureAwait(false);
            outcome.ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            Leave(request, given, context);
        }
    }

    /// <inheritdoc />
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var pipeline = _pipelineOf(request);
        var (given, context) = Enter(request, cancellationToken);
        try
        {
            return pipeline.Execute(
                static (context, state) => state.Handler.Attempt(state.Request, context), context, (Handler: this, Request: request));
        }
        finally
        {
            Leave(request, given, context);
        }
    }

    private static (ResilienceContext? Given, ResilienceContext Used) Enter(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var given = request.GetResilienceContext();
        var used = given ?? ResilienceContextPool.Shared.Get(cancellationToken);
        request.SetResilienceContext(used);
        used.SetRequestMessage(request);
        return (given, used);
    }

    private static void Leave(HttpRequestMessage request, ResilienceContext? given, ResilienceContext used)
    {
        request.SetResilienceContext(given);
        if (given is null)
            ResilienceContextPool.Shared.Return(used);
    }

    private HttpResponseMessage Attempt(HttpRequestMessage request, ResilienceContext context) =>
        base.Send(request, context.CancellationToken);

    private async ValueTask<Outcome<HttpResponseMessage>> AttemptAsync(HttpRequestMessage request, ResilienceContext context)
    {
        try
        {
            return Outcome.FromResult(await base.SendAsync(request, context.CancellationToken).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            return Outcome.FromException<HttpResponseMessage>(e);
        }
    }
}
