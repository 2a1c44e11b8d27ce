using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>A standard pipeline that was added to a client.</summary>
public interface IHttpStandardResiliencePipelineBuilder
{
    /// <summary>The pipeline's name, which is also that of its options.</summary>
    string PipelineName { get; }

    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}
