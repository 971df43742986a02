/** What a browser need not be sent of a module or a style sheet. Pure. */

/** A comment on lines of its own. One behind code stays: to tell it from a text that looks like one takes a parser. */
const ON_ITS_OWN = /^[ \t]*(?:\/\/.*|\/\*(?:(?!\*\/)[^])*\*\/[ \t]*)$/gm;
const OF_AUTHORS = /copyright|@licen[cs]e/i;

/**
 * A module without its comments, which are a third of what it weighs. Lines keep their numbers, so that what a browser reports
 * of one is found in the source. Whether it is still the same program is told by a test, for every module that is served.
 */
export function withoutComments(code: string): string {
  return code.replace(ON_ITS_OWN, blank);
}

/** Where a style sheet may hold a slash and a star that begin no comment. Source: CSS Syntax Level 3, section 4.3. */
const STYLE_TEXT = /"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|\burl\(\s*(?!["'\s])(?:\\[^]|[^\\)])*\)/;
/** The first is a comment on lines of its own. Any other stays, since it may keep two words apart, with the quotes that are in it. */
const STYLE_COMMENT = /(^[ \t]*\/\*(?:(?!\*\/)[^])*\*\/[ \t]*$)|\/\*(?:(?!\*\/)[^])*(?:\*\/)?/;
const STYLE_PARTS = new RegExp(`${STYLE_COMMENT.source}|${STYLE_TEXT.source}`, 'gim');

/** A style sheet without its comments on lines of their own. Lines keep their numbers. */
export function withoutStyleComments(style: string): string {
  return style.replace(STYLE_PARTS, (part, own: string | undefined) => (own === undefined ? part : blank(own)));
}

/** As many lines with nothing on them. */
function blank(comment: string): string {
  return OF_AUTHORS.test(comment) ? comment : '\n'.repeat(comment.split('\n').length - 1);
}
