using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>A resilience pipeline that was added to a client.</summary>
public interface IHttpResiliencePipelineBuilder
{
    /// <summary>The pipeline's name.</summary>
    string PipelineName { get; }

    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}
