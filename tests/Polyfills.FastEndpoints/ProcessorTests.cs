using FastEndpoints;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed class ProcessorTests(TestApp app)
{
    [Fact]
    public async Task Processors_run_around_the_handler_in_order_the_global_first()
    {
        var (status, body) = await app.Client.GetTextAsync("/api/processors/run");

        status.ShouldBe(200);
        body.ShouldBe("global,first,second,handler");
        Observe.Last.ShouldBe("run Void= failures=0 exception= handled");
    }

    [Fact]
    public async Task A_pre_processor_that_answers_keeps_the_handler_from_running()
        => (await app.Client.GetTextAsync("/api/processors/stop")).ShouldBe((403, ""));

    [Fact]
    public async Task A_post_processor_can_take_care_of_an_exception()
    {
        var (status, body) = await app.Client.GetTextAsync("/api/processors/throw");

        (status, body).ShouldBe((503, "busy"));
    }

    [Fact]
    public async Task Pre_processors_see_a_request_that_is_refused()
    {
        var (status, body) = await app.Client.GetTextAsync("/api/processors/run?number=x");

        status.ShouldBe(400);
        body.Errors().ShouldBe(["number: Value [x] is not valid for a [Int32] property!", "seen: by the first"]);
    }

    [Fact]
    public async Task Hooks_run_around_validation_and_handler()
        => (await app.Client.GetTextAsync("/api/processors/hooks")).Body.ShouldBe("before-validate,after-validate,before-handle,handle");

    internal sealed record Steps
    {
        public List<string> Taken { get; } = [];

        public override string ToString() => string.Join(',', Taken);
    }

    internal sealed class CountEverything : GlobalPreProcessor<Steps>
    {
        public override Task PreProcessAsync(IPreProcessorContext context, Steps state, CancellationToken ct)
        {
            state.Taken.Add("global");
            return Task.CompletedTask;
        }
    }

    internal sealed record ProcessedRequest
    {
        public string? How { get; init; }

        public int Number { get; init; }
    }

    internal sealed class First : IPreProcessor<ProcessedRequest>
    {
        public async Task PreProcessAsync(IPreProcessorContext<ProcessedRequest> context, CancellationToken ct)
        {
            context.HttpContext.ProcessorState<Steps>().Taken.Add("first");
            if (context.HasValidationFailures)
                context.ValidationFailures.Add(new("seen", "by the first"));
            if (context.Request?.How == "stop")
                await context.HttpContext.Response.SendForbiddenAsync(ct);
        }
    }

    internal sealed class Second : IPreProcessor<ProcessedRequest>
    {
        public Task PreProcessAsync(IPreProcessorContext<ProcessedRequest> context, CancellationToken ct)
        {
            context.HttpContext.ProcessorState<Steps>().Taken.Add("second");
            return Task.CompletedTask;
        }
    }

    internal sealed class Observe : IPostProcessor<ProcessedRequest, object?>
    {
        public static string? Last { get; private set; }

        public async Task PostProcessAsync(IPostProcessorContext<ProcessedRequest, object?> context, CancellationToken ct)
        {
            if (context.HasExceptionOccurred)
            {
                context.MarkExceptionAsHandled();
                await context.HttpContext.Response.SendStringAsync(context.ExceptionDispatchInfo.SourceException.Message, 503, cancellation: ct);
            }
            else if (context.Request?.How == "run")
            {
                Last = $"run Void={context.Response} failures={context.ValidationFailures.Count} exception={context.ExceptionDispatchInfo} handled";
            }
        }
    }

    internal sealed class ProcessedEndpoint : Endpoint<ProcessedRequest>
    {
        public override void Configure()
        {
            Get("/processors/{how}");
            AllowAnonymous();
            PreProcessor<First>();
            PreProcessors(new Second());
            PostProcessor<Observe>();
        }

        public override Task HandleAsync(ProcessedRequest req, CancellationToken ct)
        {
            if (req.How == "throw")
                throw new TimeoutException("busy");
            var steps = ProcessorState<Steps>();
            steps.Taken.Add("handler");
            return Send.StringAsync(steps.ToString(), cancellation: ct);
        }
    }

    internal sealed class HooksEndpoint : Endpoint<ProcessedRequest>
    {
        private readonly List<string> _steps = [];

        public override void Configure()
        {
            Get("/processors/hooks");
            AllowAnonymous();
        }

        public override void OnBeforeValidate(ProcessedRequest req) => _steps.Add("before-validate");

        public override void OnAfterValidate(ProcessedRequest req) => _steps.Add("after-validate");

        public override Task OnBeforeHandleAsync(ProcessedRequest req, CancellationToken ct)
        {
            _steps.Add("before-handle");
            return Task.CompletedTask;
        }

        public override Task HandleAsync(ProcessedRequest req, CancellationToken ct)
        {
            _steps.Add("handle");
            return Send.StringAsync(string.Join(',', _steps), cancellation: ct);
        }
    }
}
