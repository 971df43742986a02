/** Splitting of what a word expands to: blanks that a variable brings part it, quoted ones do not. */
import { isSpace } from '../text/characters.ts';

/** Splits at blanks, as values are split that may hold several words. */
export class WordSplitter {
  private readonly words: string[] = [];
  private word = '';

  addWhole(text: string | undefined): void {
    this.word += text ?? '';
  }

  addSplit(text: string | undefined): void {
    if (text === undefined) return;
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      if (!isSpace(text.charCodeAt(at))) continue;
      this.word += text.slice(from, at);
      this.finish();
      from = at + 1;
    }
    this.word += text.slice(from);
  }

  end(): readonly string[] {
    this.finish();
    return this.words;
  }

  private finish(): void {
    if (this.word === '') return;
    this.words.push(this.word);
    this.word = '';
  }
}
