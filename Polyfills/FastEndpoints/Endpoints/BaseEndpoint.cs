using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>Base of all endpoints. One object serves one request.</summary>
public abstract class BaseEndpoint : ServiceResolverClient, IEndpoint
{
    /// <summary>What <see cref="Configure"/> has set.</summary>
    [DontInject]
    public EndpointDefinition Definition { get; internal set; } = null!;

    /// <summary>The exchange.</summary>
    [DontInject]
    public HttpContext HttpContext { get; internal set; } = null!;

    /// <summary>The failures so far.</summary>
    public List<ValidationFailure> ValidationFailures { get; } = [];

    /// <summary>Says what the endpoint listens to, and how. Called once, when endpoints are mapped.</summary>
    [NotImplemented]
    public virtual void Configure() => throw new NotImplementedException();

    /// <summary>The verbs it listens to.</summary>
    public virtual void Verbs(params string[] methods) => throw new NotImplementedException();

    /// <summary>The routes it listens to.</summary>
    public virtual void Routes(params string[] patterns) => throw new NotImplementedException();

    /// <summary>The group it belongs to; its routes come first.</summary>
    protected virtual void Group<TEndpointGroup>() where TEndpointGroup : Group, new() => throw new NotImplementedException();

    internal abstract Task ExecAsync(CancellationToken ct);

    /// <summary>Builds what is otherwise built with the first request.</summary>
    internal abstract void WarmUp();
}
