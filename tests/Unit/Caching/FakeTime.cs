using Microsoft.Extensions.Time.Testing;

namespace Switchboard.Tests.Unit.Caching;

/// <summary>The name by which older tests know <see cref="FakeTimeProvider"/>.</summary>
internal sealed class FakeTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));
