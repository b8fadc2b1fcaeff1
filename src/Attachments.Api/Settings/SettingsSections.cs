using System.ComponentModel;
using Attachments.Application.Errors;
using FluentValidation;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Settings;

/// <summary>Reads and validates sections of the configuration once, at start.</summary>
internal static class SettingsSections
{
    /// <summary>Reads a section into <see cref="IOptions{TOptions}"/>.</summary>
    /// <exception cref="ConfigurationException">It contains an unknown key or an invalid value.</exception>
    public static IServiceCollection AddSettings<T>(
        this IServiceCollection services, IConfiguration configuration, string section, IValidator<T>? validator = null)
        where T : class, new() =>
        services.AddSingleton(Options.Create(Read(configuration.GetSection(section), validator)));

    /// <summary>Reads a section.</summary>
    /// <exception cref="ConfigurationException">It contains an unknown key or an invalid value.</exception>
    public static T Read<T>(IConfigurationSection section, IValidator<T>? validator = null)
        where T : class, new()
    {
        RequireForm(typeof(T), section);
        var settings = Bind<T>(section);
        if (validator?.Validate(settings).Errors is [var error, ..])
        {
            var key = $"{section.Path}:{error.PropertyName.Replace('.', ':')}";
            var value = error.AttemptedValue is null or "" ? "missing" : error.AttemptedValue;
            throw new ConfigurationException($"{key} is {value}; it {error.ErrorMessage}");
        }

        return settings;
    }

    private static void RequireKnownKeys(Type type, IConfigurationSection section)
    {
        var known = type.GetProperties().Select(property => property.Name).ToList();
        if (section.GetChildren().FirstOrDefault(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new ConfigurationException($"{unknown.Path} is not a setting; {section.Path} has {string.Join(", ", known)}.");
        }
    }

    private static void RequireForm(Type settings, IConfigurationSection section)
    {
        RequireKnownKeys(settings, section);
        foreach (var property in settings.GetProperties())
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type != typeof(string[]) && section[property.Name] is { } text && !CanBe(type, text))
            {
                throw new ConfigurationException($"{section.Path}:{property.Name} is '{text}'; it must be {Form(type)}.");
            }

            if (IsByName(type))
            {
                RequireForms(type.GetGenericArguments()[1], section.GetSection(property.Name));
            }
            else if (IsSection(type))
            {
                RequireForm(type, section.GetSection(property.Name));
            }
            else if (type.IsArray && IsSection(type.GetElementType()!))
            {
                RequireForms(type.GetElementType()!, section.GetSection(property.Name));
            }
        }
    }

    private static void RequireForms(Type settings, IConfigurationSection list)
    {
        foreach (var item in list.GetChildren())
        {
            RequireForm(settings, item);
        }
    }

    private static T Bind<T>(IConfigurationSection section)
        where T : class, new()
    {
        var settings = section.Get<T>() ?? new T();
        foreach (var property in typeof(T).GetProperties().Where(property => property.PropertyType == typeof(string[])))
        {
            property.SetValue(settings, ListIn(section.GetSection(property.Name)));
        }

        return settings;
    }

    /// <summary>
    /// A list of numbered values (<c>Origins:0</c>), the form of the framework, or of values separated by commas, for a single variable.
    /// </summary>
    private static string[] ListIn(IConfigurationSection list) =>
    [
        .. list.Value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
        .. list.GetChildren().Select(item => item.Value ?? ""),
    ];

    private static bool IsSection(Type type) => type.IsClass && type != typeof(string) && !type.IsArray;

    private static bool IsByName(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>);

    private static bool CanBe(Type type, string text) =>
        type.IsEnum
            ? Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase)
            : TypeDescriptor.GetConverter(type).IsValid(text);

    private static string Form(Type type) => type switch
    {
        _ when type.IsEnum => string.Join(" or ", Enum.GetNames(type)),
        _ when type == typeof(TimeSpan) => "a time such as 00:10:00 or 1.00:00:00",
        _ when type == typeof(bool) => "true or false",
        _ when IsSection(type) => "a section, with keys of its own",
        _ => "a whole number",
    };
}
