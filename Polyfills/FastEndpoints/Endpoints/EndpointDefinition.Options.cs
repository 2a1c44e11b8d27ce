using FluentValidation;
using Microsoft.AspNetCore.Builder;

namespace FastEndpoints;

public sealed partial class EndpointDefinition
{
    private int _firstPreProcessors;
    private int _firstPostProcessors;

    /// <summary>Whether a handler that does not answer leaves it so.</summary>
    public bool DontAutoSend { get; private set; }

    /// <summary>Whether a tag is not made from the route by who describes endpoints.</summary>
    public bool DontAutoTagEndpoints { get; private set; }

    /// <summary>Whether a form stays unread.</summary>
    public bool DontBindFormData { get; private set; }

    /// <summary>Whether refusals leave as exceptions.</summary>
    public bool DoNotCatchExceptions { get; private set; }

    /// <summary>Whether the handler is left out when the answer has begun before it.</summary>
    public bool SkipHandlerIfResponseStarted { get; private set; }

    /// <summary>What the endpoint says of itself.</summary>
    public EndpointSummary? EndpointSummary { get; private set; }

    /// <summary>Tags for filters; not those of a described document.</summary>
    public List<string>? EndpointTags { get; private set; }

    /// <summary>The content type of its form, if it takes one.</summary>
    public string? FormDataContentType { get; private set; }

    /// <summary>More metadata of its routes.</summary>
    public object[]? EndpointMetadata { get; private set; }

    /// <summary>What its routes begin with instead of the global prefix; empty for nothing.</summary>
    public string? OverriddenRoutePrefix { get; private set; }

    /// <summary>Whether an invalid request is refused; else the handler sees the failures.</summary>
    public bool ThrowIfValidationFails { get; private set; } = true;

    internal long? MaxRequestSize { get; private set; }

    /// <summary>Takes a form: <c>multipart/form-data</c>, or <c>application/x-www-form-urlencoded</c>.</summary>
    public void AllowFormData(bool urlEncoded = false) => Set(() => FormDataContentType = urlEncoded ? "application/x-www-form-urlencoded" : "multipart/form-data");

    /// <summary>Listens to these verbs too.</summary>
    public void AdditionalVerbs(params Http[] verbs) => AdditionalVerbs([.. verbs.Select(v => v.ToString())]);

    /// <summary>Listens to these verbs too.</summary>
    public void AdditionalVerbs(params string[] verbs) => Set(() => Verbs = [.. Verbs, .. verbs]);

    /// <summary>Describes the endpoint by conventions of ASP.NET, which see what it has of itself, or nothing of it where <paramref name="clearDefaults"/>.</summary>
    public void Description(Action<RouteHandlerBuilder> builder, bool clearDefaults = false)
        => Set(() => Conventions = (clearDefaults ? ClearDefaults + builder : builder) + Conventions);

    /// <summary>Changes the endpoint by conventions of ASP.NET.</summary>
    public void Options(Action<RouteHandlerBuilder> builder) => Set(() => Conventions = builder + Conventions);

    /// <summary>Adds metadata.</summary>
    public void Metadata(params object[] metadata) => Set(() => EndpointMetadata = [.. EndpointMetadata ?? [], .. metadata]);

    /// <summary>Adds tags for filters; not those of a described document.</summary>
    public void Tags(params string[] endpointTags) => EndpointTags = Add(EndpointTags, endpointTags);

    /// <summary>Says something of the endpoint.</summary>
    public void Summary(Action<EndpointSummary> endpointSummary) => Set(() => endpointSummary(EndpointSummary ??= new()));

    /// <summary>Says something of the endpoint.</summary>
    public void Summary<TRequest>(Action<EndpointSummary<TRequest>> endpointSummary) where TRequest : notnull
        => Set(() =>
        {
            var summary = EndpointSummary as EndpointSummary<TRequest> ?? new(EndpointSummary);
            endpointSummary(summary);
            EndpointSummary = summary;
        });

    /// <summary>Says what the endpoint is.</summary>
    public void Summary(EndpointSummary endpointSummary) => Set(() => EndpointSummary = endpointSummary);

    /// <summary>Leaves a handler that does not answer so.</summary>
    public void DontAutoSendResponse() => Set(() => DontAutoSend = true);

    /// <summary>Makes no tag from the route.</summary>
    public void DontAutoTag() => Set(() => DontAutoTagEndpoints = true);

    /// <summary>Lets refusals leave as exceptions.</summary>
    public void DontCatchExceptions() => Set(() => DoNotCatchExceptions = true);

    /// <summary>Leaves the handler out when the answer has begun before it.</summary>
    public void DontExecuteHandlerIfResponseStarted() => Set(() => SkipHandlerIfResponseStarted = true);

    /// <summary>Lets the handler see invalid requests, with the failures.</summary>
    public void DontThrowIfValidationFails() => Set(() => ThrowIfValidationFails = false);

    /// <summary>Refuses larger bodies, in bytes.</summary>
    public void MaxRequestBodySize(long size) => Set(() => MaxRequestSize = size);

    /// <summary>Begins its routes with this instead of the global prefix; empty for nothing.</summary>
    public void RoutePrefixOverride(string routePrefix) => Set(() => OverriddenRoutePrefix = routePrefix);

    /// <summary>Validates by this validator.</summary>
    public void Validator<TValidator>() where TValidator : IValidator => Set(() => ValidatorType = typeof(TValidator));

    /// <summary>Adds the endpoint to a group.</summary>
    /// <exception cref="InvalidOperationException">It has no routes yet.</exception>
    public void Group<TEndpointGroup>() where TEndpointGroup : Group, new()
    {
        ThrowIfLocked();
        if (Routes.Length == 0)
            throw new InvalidOperationException($"[{EndpointType.FullName}] needs its routes before its group.");
        new TEndpointGroup().Apply(this);
    }

    /// <summary>Runs these before the handler, before or after the endpoint's own.</summary>
    public void PreProcessors(Order order, params IGlobalPreProcessor[] preProcessors) => AddPreProcessors(order, preProcessors);

    /// <summary>Runs this before the handler, before or after the endpoint's own.</summary>
    public void PreProcessor<TPreProcessor>(Order order) where TPreProcessor : class, IGlobalPreProcessor
        => AddPreProcessors(order, [(IPreProcessor)ServiceResolver.Instance.CreateSingleton(typeof(TPreProcessor))]);

    /// <summary>Runs these after the handler, before or after the endpoint's own.</summary>
    public void PostProcessors(Order order, params IGlobalPostProcessor[] postProcessors) => AddPostProcessors(order, postProcessors);

    /// <summary>Runs this after the handler, before or after the endpoint's own.</summary>
    public void PostProcessor<TPostProcessor>(Order order) where TPostProcessor : class, IGlobalPostProcessor
        => AddPostProcessors(order, [(IPostProcessor)ServiceResolver.Instance.CreateSingleton(typeof(TPostProcessor))]);

    internal void AddPreProcessors(Order order, IEnumerable<IPreProcessor> processors) => Insert(PreProcessorList, order, processors, ref _firstPreProcessors);

    internal void AddPostProcessors(Order order, IEnumerable<IPostProcessor> processors) => Insert(PostProcessorList, order, processors, ref _firstPostProcessors);

    /// <summary>One processor of a type is enough: another is left out.</summary>
    private void Insert<T>(List<T> list, Order order, IEnumerable<T> processors, ref int first) where T : IProcessor
    {
        ThrowIfLocked();
        foreach (var processor in processors.Where(p => list.TrueForAll(q => q.GetType() != p.GetType())))
            list.Insert(order == Order.Before ? first++ : list.Count, processor);
    }

    private static void ClearDefaults(RouteHandlerBuilder builder)
    {
        builder.ClearDefaultAccepts();
        builder.ClearDefaultProduces();
    }

    private void Set(Action change)
    {
        ThrowIfLocked();
        change();
    }
}
